import { formatOutpoint, type OutputRow } from '@txkeep/core'
import { lockingScriptsOf, type UtxoAnswer } from '@txkeep/lifecycle'
import { Hash, Utils } from '@bsv/sdk'
import { ask } from './ask.js'
import type { TaskContext } from './monitor-task.js'

/** Whether the network calls this coin unspent; undefined when nobody could be asked, or nobody answered. */
export async function lookUpCoin(context: TaskContext, output: OutputRow): Promise<UtxoAnswer | undefined> {
  const { txid, vout, outputId } = output
  const script = (await context.store.read((tx) => lockingScriptsOf(tx, [output]))).get(outputId)
  if (txid === null || script === undefined) return undefined
  const scriptHash = Utils.toHex(Hash.sha256([...script]))
  const answer = await ask(context, () => context.network.getUtxoStatus(scriptHash, formatOutpoint({ txid, vout })))
  if (answer?.status !== 'success' || typeof answer.isUtxo !== 'boolean') return undefined
  return answer.isUtxo ? 'unspent' : 'spent'
}
