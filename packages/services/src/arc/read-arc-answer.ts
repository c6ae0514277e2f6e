import type { StatusForTxid } from '@txkeep/core'
import { readMerklePath } from '../checks/merkle-path.js'
import type { HttpAnswer } from '../http/http-client.js'
import { isObject, parseJson, textOf, type JsonObject } from '../http/json.js'
import type { PostedTransaction } from '../post-transactions.js'
import { ServiceAnswerError } from '../service-error.js'
import { readNodeReason, rowOf, type Meaning } from '../verdict.js'
import { ARC_ERRORS, arcStatus } from './arc-status.js'

/** What ARC said to a broadcast of `txid`. Whatever is not clearly about it is no verdict. */
export function readArcPost(provider: string, { status, text, quoted }: HttpAnswer, txid: string): PostedTransaction {
  const body = parseJson(text)
  const uncertain = (why: string): PostedTransaction => ({
    row: rowOf(txid, 'uncertain'),
    error: new ServiceAnswerError(provider, why),
  })
  if (!isObject(body)) return uncertain(`HTTP ${status} without a JSON object`)
  if (status >= 400) {
    if (!isProblem(body, status, txid)) return uncertain(`HTTP ${status} that is no answer of ARC about ${txid}`)
    return readMeaning(ARC_ERRORS[status]) ?? uncertain(`HTTP ${status}, ${quoted}`)
  }
  const named = textOf(body.txid).toLowerCase()
  if (named !== txid) return uncertain(`it was asked about ${txid} and answers ${quoted}`)
  const word = textOf(body.txStatus)
  return readMeaning(arcStatus(word)?.posted) ?? uncertain(`its status says nothing, ${quoted}`)

  function readMeaning(meaning: Meaning | undefined): PostedTransaction | undefined {
    if (meaning === undefined || !isObject(body)) return undefined
    const row = rowOf(txid, meaning === 'reject' ? soften(body) : meaning, body.competingTxs)
    const path = row.seenOnNetwork === true ? readMerklePath(body.merklePath, txid) : undefined
    return { row: path === undefined ? row : { ...row, merklePath: path.merklePath } }
  }
}

/** What ARC knows about `txid`, undefined when nothing clear. @throws {ServiceAnswerError} if it is no answer of ARC about it. */
export function readArcStatus(provider: string, answer: HttpAnswer, txid: string): StatusForTxid | undefined {
  const body = readArcTransaction(provider, answer, txid)
  const found = body === undefined ? 'unknown' : arcStatus(textOf(body.txStatus))?.found
  // ARC tells no tip, so there is no depth to count.
  return found === undefined ? undefined : { txid, status: found, depth: found === 'known' ? 0 : undefined }
}

/** What ARC holds about `txid`, undefined when it says that it does not know it. @throws {ServiceAnswerError} as above. */
export function readArcTransaction(provider: string, answer: HttpAnswer, txid: string): JsonObject | undefined {
  const { status, text } = answer
  const body = parseJson(text)
  if (status === 200 && isObject(body) && textOf(body.txid).toLowerCase() === txid) return body
  if (status === 404 && isObject(body) && isProblem(body, status, txid)) return undefined
  throw new ServiceAnswerError(provider, `HTTP ${status} that is no answer of ARC about ${txid}`)
}

/** Whether this is ARC's own error body: another server behind the same address knows nothing of transactions. */
function isProblem({ status, title, txid: named }: JsonObject, httpStatus: number, txid: string): boolean {
  const isAboutAnother = typeof named === 'string' && named !== '' && named.toLowerCase() !== txid
  return status === httpStatus && typeof title === 'string' && !isAboutAnother
}

/** A refusal whose reason is a conflict or a missing parent is none, and one that says "already known" even less. */
function soften({ extraInfo, detail }: JsonObject): Meaning {
  const reason = readNodeReason(`${textOf(extraInfo)} ${textOf(detail)}`)
  if (reason === 'known') return 'uncertain'
  return reason === 'doubleSpend' || reason === 'missingInputs' ? reason : 'reject'
}
