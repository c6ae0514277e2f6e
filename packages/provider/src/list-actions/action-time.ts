import { WERR_INVALID_PARAMETER } from '../errors/werr.js'

/** The part of time a list is about, and the labels that say nothing about time. */
export interface ActionTime {
  /** At or after this. */
  readonly from: Date | undefined
  /** Before this. */
  readonly to: Date | undefined
  readonly labels: readonly string[]
}

const FROM = 'action time from '
const TO = 'action time to '

/**
 * The BRC-114 labels among `labels`, taken out: `action time from N` and `action time to N`, milliseconds since 1970.
 *
 * @throws {WERR_INVALID_PARAMETER} if a bound is given twice, is no time, or the first is not before the second.
 */
export function readActionTime(labels: readonly string[]): ActionTime {
  const from = readBound(labels, FROM)
  const to = readBound(labels, TO)
  if (from !== undefined && to !== undefined && from >= to) {
    throw new WERR_INVALID_PARAMETER('labels', `valid: "${FROM}${from}" is not before "${TO}${to}".`)
  }
  return {
    from: toDate(from),
    to: toDate(to),
    labels: labels.filter((label) => !label.startsWith(FROM) && !label.startsWith(TO)),
  }
}

/** The label that tells when an action was created, shown beside its own where a list is about time. */
export function actionTimeLabel(createdAt: Date): string {
  return `action time ${createdAt.getTime()}`
}

function readBound(labels: readonly string[], prefix: string): number | undefined {
  const [label, second] = labels.filter((text) => text.startsWith(prefix))
  if (label === undefined) return undefined
  if (second !== undefined) throw new WERR_INVALID_PARAMETER('labels', `valid: there are two of "${prefix}…".`)
  const digits = label.slice(prefix.length)
  const ms = Number(digits)
  if (!/^[0-9]+$/.test(digits) || ms > LAST_TIME_MS) {
    throw new WERR_INVALID_PARAMETER('labels', `valid: "${prefix}" is followed by milliseconds since 1970 in digits.`)
  }
  return ms
}

/** The last moment JavaScript can name. */
const LAST_TIME_MS = 8_640_000_000_000_000

/** The last one every engine can compare with: the end of the year 9999. Nothing is stored after it. */
const LAST_STORED_MS = 253_402_300_799_999

function toDate(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(Math.min(ms, LAST_STORED_MS))
}
