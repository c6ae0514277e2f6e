/** What one provider said when it was handed the transaction. */
export type ProviderAnswer =
  /** It took the transaction, or had it already. */
  | {
      readonly provider: string
      readonly answer: 'accept'
      /** It also reported that the network knows it, e.g. ARC's SEEN_ON_NETWORK. */
      readonly seenOnNetwork?: boolean
    }
  /** It judged the transaction and refused it. */
  | { readonly provider: string; readonly answer: 'reject' }
  /** It says an input is spent by someone else. A claim, not yet evidence. */
  | { readonly provider: string; readonly answer: 'doubleSpend'; readonly competingTxids?: readonly string[] }
  /** It lacks a parent, which may not have arrived yet: nothing is said about this transaction. */
  | { readonly provider: string; readonly answer: 'missingInputs' }
  /** A timeout, a 5xx, no connection, an answer nobody can read. */
  | { readonly provider: string; readonly answer: 'unavailable' }

/** What one provider said when it was asked whether it knows our txid. */
export interface StatusLookup {
  readonly provider: string
  readonly answer: 'mined' | 'known' | 'unknown' | 'unavailable'
}

/** What was found out about a transaction that a double-spend report named. */
export interface Competitor {
  readonly txid: string
  /** Its raw bytes were read and consume an outpoint that ours consumes. */
  readonly spendsOurInput: boolean
  /** A merkle path for it was checked against block headers. */
  readonly proofVerified: boolean
  /** Names of providers that call it mined. */
  readonly minedAccordingTo: readonly string[]
}

/** One round: each provider asked once, then what look-ups found. */
export interface BroadcastAnswers {
  /** Our transaction; a report that names it as its own competitor is no evidence. */
  readonly txid: string
  readonly answers: readonly ProviderAnswer[]
  readonly lookups?: readonly StatusLookup[]
  readonly competitors?: readonly Competitor[]
  /** Names of every configured provider; one that gave no answer counts as unavailable. Left out: those that answered. */
  readonly providers?: readonly string[]
}

export interface BroadcastVerdict {
  readonly outcome: 'success' | 'doubleSpend' | 'rejected' | 'serviceError'
  /**
   * The status these answers speak for. The move there may be illegal or unneeded from where the transaction stands by now
   * (`seen` does not go back to `sent`): ask `canTransition`.
   */
  readonly processing: 'sent' | 'seen' | 'seen_multi' | 'doubleSpend' | 'invalid' | 'sending'
  /** An answer contradicts the success: log it as `broadcast.discrepancy`. */
  readonly discrepancy: boolean
  /** The transaction that won, when the outcome is `doubleSpend`. */
  readonly competitor: string | undefined
}

/**
 * What the answers of one broadcast round mean together. Any success wins; a failure needs everybody's agreement or hard
 * evidence; all else is a service error and changes no money. Source: docs/spec/lifecycle.md §6.
 */
export function broadcastVerdict(round: BroadcastAnswers): BroadcastVerdict {
  const { answers, lookups = [] } = round
  const witnesses = networkWitnesses(round)
  if (witnesses.size > 0 || answers.some(({ answer }) => answer === 'accept')) {
    const processing = witnesses.size === 0 ? 'sent' : witnesses.size === 1 ? 'seen' : 'seen_multi'
    const discrepancy = answers.some(({ answer }) => answer === 'reject' || answer === 'doubleSpend')
    return { outcome: 'success', processing, discrepancy, competitor: undefined }
  }

  // An outage is not an answer: only a look-up that came back says that nobody knows our txid.
  const isUnknown = lookups.some(({ answer }) => answer === 'unknown')
  const competitor = isUnknown ? provenCompetitor(round) : undefined
  if (competitor !== undefined) {
    return { outcome: 'doubleSpend', processing: 'doubleSpend', discrepancy: false, competitor }
  }
  if (isUnknown && isRejectedByAll(round)) {
    return { outcome: 'rejected', processing: 'invalid', discrepancy: false, competitor: undefined }
  }
  return { outcome: 'serviceError', processing: 'sending', discrepancy: false, competitor: undefined }
}

/** Names of the providers that report the network knows our txid. */
function networkWitnesses({ answers, lookups = [] }: BroadcastAnswers): ReadonlySet<string> {
  return new Set([
    ...answers
      .filter((given) => given.answer === 'accept' && given.seenOnNetwork === true)
      .map(({ provider }) => provider),
    ...lookups.filter(({ answer }) => answer === 'known' || answer === 'mined').map(({ provider }) => provider),
  ])
}

/** The txid of a competitor that a report named, that takes one of our inputs, and that is certainly mined. */
function provenCompetitor({ txid, answers, competitors = [] }: BroadcastAnswers): string | undefined {
  const named = new Set(
    answers.flatMap((given) => (given.answer === 'doubleSpend' ? (given.competingTxids ?? []) : [])),
  )
  return competitors.find(
    (competitor) =>
      competitor.txid !== txid &&
      named.has(competitor.txid) &&
      competitor.spendsOurInput &&
      (competitor.proofVerified || new Set(competitor.minedAccordingTo).size >= 2),
  )?.txid
}

function isRejectedByAll({ answers, providers = [] }: BroadcastAnswers): boolean {
  const rejecting = new Set(answers.filter(({ answer }) => answer === 'reject').map(({ provider }) => provider))
  return (
    answers.length > 0 &&
    answers.every(({ answer }) => answer === 'reject') &&
    providers.every((provider) => rejecting.has(provider))
  )
}
