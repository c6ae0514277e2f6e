import type { StatusForTxid } from '@txkeep/core'
import { ask, providersOf } from './ask.js'
import type { TaskContext } from './monitor-task.js'

/** What all providers together know of a transaction. */
export interface KnownStatus {
  /** `unknown` only when every provider answered and none knows it; `unavailable` when nothing follows from the answers. */
  readonly status: StatusForTxid['status'] | 'unavailable'
  /** Names of those that know it. */
  readonly witnesses: readonly string[]
}

/** Asks every provider; an outage is no answer. Source: docs/spec/monitor.md §2, G3. */
export async function lookUpStatus(context: TaskContext, txid: string): Promise<KnownStatus> {
  const witnesses: string[] = []
  let isMined = false
  let isSilent = false
  for (const [index, provider] of providersOf(context).entries()) {
    const answer = await ask(context, () => provider.getStatusForTxids([txid]))
    const found = answer?.status === 'success' ? answer.results.find((result) => result.txid === txid) : undefined
    if (found === undefined) isSilent = true
    else if (found.status !== 'unknown') {
      witnesses.push(answer?.name ?? provider.name ?? `provider ${index + 1}`)
      isMined ||= found.status === 'mined'
    }
  }
  if (witnesses.length > 0) return { status: isMined ? 'mined' : 'known', witnesses }
  return { status: isSilent ? 'unavailable' : 'unknown', witnesses }
}
