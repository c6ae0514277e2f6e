import type { PostBeefResult, PostTxidResult } from '@txkeep/core'

/**
 * What a provider says to a broadcast:
 * - `follow` (default): what the chain itself makes of it: success, already known, double spend or missing inputs
 * - `success`, `reject`, `missingInputs`: said to every transaction, true or not
 * - `doubleSpend`: names `competingTxids`
 * - `unavailable`: an error of the service, such as HTTP 503
 * - `outage`: an error of the service whose rows say success all the same, as one provider's client does
 * - `timeout`: no answer, ever
 * - `throw`: the client throws
 */
export type AnswerKind =
  'follow' | 'success' | 'reject' | 'doubleSpend' | 'missingInputs' | 'unavailable' | 'outage' | 'timeout' | 'throw'

export interface ScriptedAnswer {
  readonly answer: AnswerKind
  readonly competingTxids?: readonly string[]
  /** Whether the transaction reaches the network whatever the answer; true for `follow` and `success` unless given. */
  readonly relays?: boolean
}

/** Whether a transaction answered like this reaches the network. */
export function doesRelay({ answer, relays }: ScriptedAnswer): boolean {
  return relays ?? (answer === 'follow' || answer === 'success')
}

/** The row of one transaction; `followed` is what the chain itself made of it. */
export function answerRow(txid: string, script: ScriptedAnswer, followed: () => PostTxidResult): PostTxidResult {
  switch (script.answer) {
    case 'follow':
      return followed()
    case 'success':
    case 'outage':
      return { txid, status: 'success' }
    case 'reject':
      return { txid, status: 'error' }
    case 'doubleSpend':
      return { txid, status: 'error', doubleSpend: true, competingTxs: script.competingTxids ?? [] }
    case 'missingInputs':
    case 'unavailable':
    case 'timeout':
    case 'throw':
      return { txid, status: 'error', serviceError: true }
  }
}

/** One provider's whole answer: an error as soon as one row is one, or the provider failed. */
export function answerOf(name: string, rows: readonly PostTxidResult[], isOutage: boolean): PostBeefResult {
  const failed = isOutage || rows.some((row) => row.status === 'error')
  if (!failed) return { name, status: 'success', txidResults: rows }
  return { name, status: 'error', error: new Error(`${name} refused or was not reached`), txidResults: rows }
}
