import type { TransactionRow } from '@txkeep/core'
import type { BroadcastAnswers, ProviderAnswer } from '@txkeep/fsm'
import type { BroadcastServices } from './broadcast-services.js'
import type { BroadcastOptions } from './broadcast-transactions.js'
import { lookUpRefusal } from './look-up-refusal.js'
import { readProviderAnswer } from './provider-answer.js'
import { answerOf } from './soft-timeout.js'

/** What a round has to know of a transaction. It need not be stored: that of somebody else is posted first. */
export type PostedTransaction = Pick<TransactionRow, 'txid' | 'rawTx'>

/**
 * What one round of services says about each transaction: each is asked at most once, until one accepts. Records nothing; call it
 * outside any database transaction.
 */
export async function postRound<Row extends PostedTransaction>(
  services: readonly BroadcastServices[],
  beef: Uint8Array,
  rows: readonly Row[],
  options: BroadcastOptions = {},
): Promise<ReadonlyMap<Row, BroadcastAnswers>> {
  const answers = new Map<string, ProviderAnswer[]>(rows.map((row) => [row.txid, []]))
  for (const [index, service] of failingLast(services).entries()) {
    const open = rows.map(({ txid }) => txid).filter((txid) => !isAccepted(answers.get(txid) ?? []))
    if (open.length === 0) break
    const name = `service ${index + 1}`
    const given = options.signal?.aborted === true ? undefined : await postTo(service, beef, open, name, options)
    for (const txid of open)
      answers.get(txid)?.push(...(given?.get(txid) ?? [{ provider: name, answer: 'unavailable' }]))
  }
  const rounds = new Map<Row, BroadcastAnswers>()
  for (const row of rows) {
    const given = answers.get(row.txid) ?? []
    const isRefused = given.some(({ answer }) => answer === 'reject' || answer === 'doubleSpend')
    rounds.set(
      row,
      isRefused && !isAccepted(given)
        ? await lookUpRefusal(services, row, given, options)
        : { txid: row.txid, answers: given },
    )
  }
  return rounds
}

/** When each service failed last, as a rising number. One that never failed, or worked since, is asked first. */
const failures = /* @__PURE__ */ new WeakMap<BroadcastServices, number>()
let failureCount = 0

function failingLast(services: readonly BroadcastServices[]): readonly BroadcastServices[] {
  return [...services].sort((a, b) => (failures.get(a) ?? 0) - (failures.get(b) ?? 0))
}

async function postTo(
  service: BroadcastServices,
  beef: Uint8Array,
  txids: readonly string[],
  name: string,
  options: BroadcastOptions,
): Promise<ReadonlyMap<string, readonly ProviderAnswer[]>> {
  const results = (await answerOf(() => service.postBeef(beef, txids), beef.length, options)) ?? []
  const answers = new Map<string, readonly ProviderAnswer[]>()
  for (const txid of txids) {
    const given = results.map((result) => readProviderAnswer(result, txid))
    answers.set(txid, given.length > 0 ? given : [{ provider: name, answer: 'unavailable' }])
  }
  const failed = [...answers.values()].flat().every(({ answer }) => answer === 'unavailable')
  if (failed) failures.set(service, ++failureCount)
  else failures.delete(service)
  return answers
}

function isAccepted(answers: readonly ProviderAnswer[]): boolean {
  return answers.some(({ answer }) => answer === 'accept')
}
