import type { StatusForTxid } from '@txkeep/core'
import type { HttpAnswer } from '../http/http-client.js'
import { isObject, naturalOf, parseJson, textOf, type JsonObject } from '../http/json.js'
import type { PostedTransaction } from '../post-transactions.js'
import { ServiceAnswerError } from '../service-error.js'
import { readNodeReason, rowOf } from '../verdict.js'

/** What WhatsOnChain said to a broadcast: the txid as text, or the words of its node with HTTP 400. */
export function readWocPost(provider: string, { status, text, quoted }: HttpAnswer, txid: string): PostedTransaction {
  const parsed = parseJson(text)
  const said = typeof parsed === 'string' ? parsed : text.trim()
  const isAccepted = status === 200 && said.toLowerCase() === txid
  const meaning = isAccepted ? 'accept' : status === 400 || status === 422 ? readNodeReason(said) : 'uncertain'
  const row = rowOf(txid, meaning)
  if (meaning !== 'uncertain') return { row }
  return { row, error: new ServiceAnswerError(provider, `HTTP ${status}, ${quoted}, to a broadcast of ${txid}`) }
}

/** What its rows say about these txids. One that is left out, in a block off the best chain, or has an error of its own, is left out. */
export function readWocStatuses(rows: readonly unknown[], txids: readonly string[]): readonly StatusForTxid[] {
  const byTxid = new Map(rows.filter(isObject).map((row) => [textOf(row.txid).toLowerCase(), row]))
  return txids.flatMap((txid) => {
    const row = byTxid.get(txid)
    const found = row === undefined ? undefined : readStatus(row)
    return found === undefined ? [] : [{ txid, ...found }]
  })
}

function readStatus(row: JsonObject): Omit<StatusForTxid, 'txid'> | undefined {
  const { error, blockhash, confirmations } = row
  if (error === 'unknown') return { status: 'unknown', depth: undefined }
  if (error !== undefined && error !== '' && error !== null) return undefined
  if (blockhash === undefined || blockhash === '' || blockhash === null) return { status: 'known', depth: 0 }
  const depth = naturalOf(confirmations)
  return depth === undefined || depth === 0 ? undefined : { status: 'mined', depth }
}

export interface UnspentPage {
  readonly rows: readonly JsonObject[]
  /** Asks for the next page; undefined on the last. */
  readonly next: string | undefined
}

/** One page of the coins of a script. @throws {ServiceAnswerError} if it is no list of coins of that script. */
export function readUnspentPage(provider: string, text: string, scriptHash: string): UnspentPage {
  const body = parseJson(text)
  const isOfScript = isObject(body) && (body.script === undefined || textOf(body.script).toLowerCase() === scriptHash)
  if (!isObject(body) || !isOfScript || !Array.isArray(body.result) || textOf(body.error) !== '') {
    throw new ServiceAnswerError(provider, `it gives no list of the coins of script ${scriptHash}`)
  }
  const next = textOf(body['next-page'] ?? body.nextPageToken)
  return { rows: body.result.filter(isObject), next: next === '' ? undefined : next }
}

/** Whether a row is the coin `txid.vout`, and nothing in the mempool spends it; undefined if it is another coin. */
export function readUnspentRow(row: JsonObject, txid: string, vout: number): boolean | undefined {
  if (textOf(row.tx_hash).toLowerCase() !== txid || row.tx_pos !== vout) return undefined
  return row.isSpentInMempoolTx !== true
}
