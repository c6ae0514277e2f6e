import type { BroadcastAnswers, Competitor, ProviderAnswer, StatusLookup } from '@txkeep/fsm'
import type { BroadcastServices } from './broadcast-services.js'
import type { BroadcastOptions } from './broadcast-transactions.js'
import type { PostedTransaction } from './post-round.js'
import { parseStoredTransaction } from './raw-transaction.js'
import { answerOf } from './soft-timeout.js'
import { verifyProof } from './verify-proof.js'

/**
 * A refusal with what the network says about it: does somebody know the txid after all, and are the competitors what they
 * are said to be? Without these answers no refusal kills a transaction.
 */
export async function lookUpRefusal(
  services: readonly BroadcastServices[],
  row: PostedTransaction,
  answers: readonly ProviderAnswer[],
  options: BroadcastOptions,
): Promise<BroadcastAnswers> {
  const lookups: StatusLookup[] = []
  for (const [index, service] of services.entries()) {
    if (options.signal?.aborted === true) break
    lookups.push(await statusOf(service, row.txid, index, options))
  }
  const named = new Set(
    answers.flatMap((given) => (given.answer === 'doubleSpend' ? (given.competingTxids ?? []) : [])),
  )
  const competitors: Competitor[] = []
  for (const txid of [...named].slice(0, MAX_COMPETITORS)) {
    if (txid !== row.txid) competitors.push(await findCompetitor(services, row, txid, options))
  }
  return { txid: row.txid, answers, lookups, competitors }
}

/** A provider may name any number of competitors; the first few decide. */
const MAX_COMPETITORS = 10

async function findCompetitor(
  services: readonly BroadcastServices[],
  row: PostedTransaction,
  txid: string,
  options: BroadcastOptions,
): Promise<Competitor> {
  const minedAccordingTo: string[] = []
  let spendsOurInput = false
  let proofVerified = false
  for (const [index, service] of services.entries()) {
    if (options.signal?.aborted === true) break
    const { provider, answer } = await statusOf(service, txid, index, options)
    if (answer === 'mined') minedAccordingTo.push(provider)
    if (!spendsOurInput) {
      const found = await answerOf(() => service.getRawTx(txid), 0, options)
      spendsOurInput = found?.rawTx !== undefined && sharesInput(row, txid, found.rawTx)
    }
    if (!proofVerified) proofVerified = await isProvenBy(service, txid, options)
  }
  return { txid, spendsOurInput, proofVerified, minedAccordingTo }
}

async function statusOf(
  service: BroadcastServices,
  txid: string,
  index: number,
  options: BroadcastOptions,
): Promise<StatusLookup> {
  const status = await answerOf(() => service.getStatusForTxids([txid]), 0, options)
  const provider = status?.name ?? `service ${index + 1}`
  const found = status?.status === 'success' ? status.results.find((result) => result.txid === txid) : undefined
  return { provider, answer: found?.status ?? 'unavailable' }
}

async function isProvenBy(service: BroadcastServices, txid: string, options: BroadcastOptions): Promise<boolean> {
  const { getMerklePath, isValidRootForHeight } = service
  if (getMerklePath === undefined || isValidRootForHeight === undefined) return false
  const proof = await answerOf(
    async () => {
      const { merklePath } = await getMerklePath.call(service, txid)
      if (merklePath === undefined) return undefined
      const headers = { isValidRootForHeight: isValidRootForHeight.bind(service) }
      return verifyProof(merklePath, txid, headers)
    },
    0,
    options,
  )
  return proof !== undefined
}

function sharesInput(row: PostedTransaction, competingTxid: string, competingRawTx: Uint8Array): boolean {
  const ours = parseStoredTransaction(row.rawTx)
  const theirs = parseStoredTransaction(competingRawTx)
  if (theirs?.txid !== competingTxid) return false
  return theirs.inputs.some((input) => ours?.inputs.some((own) => own.txid === input.txid && own.vout === input.vout))
}
