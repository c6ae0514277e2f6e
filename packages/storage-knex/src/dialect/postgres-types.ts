/** How a column's text becomes a value, by the number Postgres gives its type. For a query of `pg`, whatever the caller's own parsers do. */
export const POSTGRES_TYPES = {
  getTypeParser(oid: number): (text: string) => unknown {
    return PARSERS.get(oid) ?? ((text) => text)
  },
}

const INT2 = 21
const INT4 = 23
const INT8 = 20
const NUMERIC = 1700
const FLOAT8 = 701
const BOOLEAN = 16
const BYTEA = 17
const TIMESTAMPTZ = 1184

const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [INT2, Number],
  [INT4, Number],
  [INT8, wholeNumber],
  [NUMERIC, wholeNumber],
  [FLOAT8, Number],
  [BOOLEAN, (text: string) => text === 't'],
  [BYTEA, bytes],
  [TIMESTAMPTZ, moment],
])

/** A number that is exact, or the text as it is: then the reader names row and column instead of rounding money. */
function wholeNumber(text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) && String(value) === text ? value : text
}

/** `\x` and hexadecimal digits: what every session of ours asks for. */
function bytes(text: string): Uint8Array | string {
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : text
}

/** `2026-11-23 21:16:08.123+05:45` and the like: ISO with a zone, what every session of ours asks for. */
function moment(text: string): Date | string {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?([+-]\d\d)(:\d\d)?$/.exec(text)
  if (parts === null) return text
  const [, day, time, fraction = '', hours, minutes = ':00'] = parts
  return new Date(`${day}T${time}${fraction.slice(0, 4)}${hours}${minutes}`)
}
