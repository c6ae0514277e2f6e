import { ARC_ERRORS, arcStatus } from '../arc/arc-status.js'
import { isObject, textOf } from '../http/json.js'
import { readNodeReason, type Meaning } from '../verdict.js'
import type { ToolboxPostResult, ToolboxPostRow } from './toolbox-types.js'

export interface ToolboxVerdict {
  readonly meaning: Meaning
  readonly competingTxs: readonly string[]
  /** A success without anything to see: a web page with HTTP 200 makes one too. */
  readonly isOpaque?: boolean
}

const UNCERTAIN: ToolboxVerdict = { meaning: 'uncertain', competingTxs: [] }

/**
 * What the toolbox's rows about one txid mean. Its flags are not enough: a refusal by ARC with HTTP 200 is marked a success, one with
 * HTTP 4xx an outage, a missing parent a double spend, and an outage of Bitails a success; so its data is read where there is some.
 */
export function readToolboxPost(results: readonly ToolboxPostResult[], txid: string): ToolboxVerdict {
  const verdicts = results.flatMap((result) =>
    result.txidResults.filter((row) => row.txid === txid).map((row) => readRow(result, row)),
  )
  const success = verdicts.find(({ meaning }) => ['accept', 'known', 'seen'].includes(meaning))
  return success ?? verdicts[0] ?? UNCERTAIN
}

function readRow(result: ToolboxPostResult, row: ToolboxPostRow): ToolboxVerdict {
  const competingTxs = row.competingTxs ?? []
  const word = arcWord(row.data)
  if (word !== undefined) return { meaning: arcStatus(word)?.posted ?? 'uncertain', competingTxs }
  const judged = arcError(row.data)
  if (judged !== undefined) return { meaning: judged, competingTxs }
  if (row.status === 'success') return isDefault(result) ? UNCERTAIN : readSuccess(row)
  return readRefusal(result, row, competingTxs)
}

function readRefusal(result: ToolboxPostResult, row: ToolboxPostRow, competingTxs: readonly string[]): ToolboxVerdict {
  if (row.serviceError === true) return UNCERTAIN
  const words = `${textOf(row.data)} ${messageOf(result.error)}`
  const meaning = readNodeReason(words)
  if (meaning === 'doubleSpend') return { meaning, competingTxs: [...competingTxs, ...spendersIn(words)] }
  if (meaning === 'uncertain' && row.doubleSpend === true) return { meaning: 'doubleSpend', competingTxs }
  return { meaning, competingTxs }
}

/** Its ARC client keeps `txStatus extraInfo` as text, or the whole answer. */
function arcWord(data: unknown): string | undefined {
  if (isObject(data)) return typeof data.txStatus === 'string' ? data.txStatus : undefined
  const [first = ''] = textOf(data).split(' ')
  // "undefined" is what it makes of an answer without a status.
  return first === 'undefined' || /^[A-Z]+(_[A-Z]+)+$/.test(first) || arcStatus(first) !== undefined ? first : undefined
}

/** Of an ARC error its client keeps the HTTP status, and ARC's own body where there was one. */
function arcError(data: unknown): Meaning | undefined {
  if (!isObject(data) || !isObject(data.more) || typeof data.more.title !== 'string') return undefined
  const status = Number(data.status)
  return status >= 400 && status < 500 ? (ARC_ERRORS[status] ?? 'uncertain') : undefined
}

/** A provider that failed as a whole while every row claims success was not reached: its rows are defaults. */
function isDefault({ status, txidResults }: ToolboxPostResult): boolean {
  return status !== 'success' && txidResults.every((row) => row.status === 'success')
}

function readSuccess({ alreadyKnown }: ToolboxPostRow): ToolboxVerdict {
  return alreadyKnown === true
    ? { meaning: 'known', competingTxs: [] }
    : { meaning: 'accept', competingTxs: [], isOpaque: true }
}

function messageOf(error: unknown): string {
  return isObject(error) || error instanceof Error ? textOf((error as { message?: unknown }).message) : ''
}

function spendersIn(words: string): string[] {
  return [...words.matchAll(/spent by ([0-9a-f]{64})/g)].flatMap(([, txid]) => (txid === undefined ? [] : [txid]))
}
