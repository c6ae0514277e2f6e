const USUAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:\d\d)?$/i

/**
 * The stored form (UTC, milliseconds, `Z`) of a timestamp in any form a legacy database holds: ISO text, SQL text (UTC when it
 * names no zone) or milliseconds since 1970. Undefined when it is none of these.
 */
export function readLegacyTimestamp(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (USUAL.test(value)) return value
    const match = DATE.exec(value)
    if (match === null) return undefined
    const [, date, time = '00:00', zone = 'Z'] = match
    return stored(Date.parse(`${date}T${time}${zone.toUpperCase()}`))
  }
  return typeof value === 'number' ? stored(value) : undefined
}

function stored(milliseconds: number): string | undefined {
  const date = new Date(milliseconds)
  if (Number.isNaN(date.getTime())) return undefined
  const text = date.toISOString()
  return USUAL.test(text) ? text : undefined
}
