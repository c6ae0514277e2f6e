/**
 * The moment a legacy timestamp on SQLite means: ISO text, SQL text (UTC there) or milliseconds since 1970.
 * @throws {RangeError} if it is none of them, which a column of a server cannot hold.
 */
export function momentOf(value: unknown): Date {
  const text = typeof value === 'string' && SQL_TEXT.test(value) ? `${value.replace(' ', 'T')}Z` : value
  const moment = typeof text === 'string' || typeof text === 'number' ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(moment.getTime())) throw new RangeError(`'${String(value)}' is no moment.`)
  return moment
}

const SQL_TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/
