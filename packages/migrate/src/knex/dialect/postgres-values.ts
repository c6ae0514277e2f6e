/** Values as SQLite would hand them over, whatever parsers the caller's `pg` has: flags as 0 and 1, moments in the stored form. */
export const POSTGRES_VALUES = {
  getTypeParser(oid: number): (text: string) => unknown {
    return PARSERS.get(oid) ?? ((text) => text)
  },
}

/** By the number Postgres gives a type: int2, int4, int8, numeric, float8, boolean, bytea, timestamptz. */
const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [21, Number],
  [23, Number],
  [20, exactNumber],
  [1700, exactNumber],
  [701, Number],
  [16, (text: string) => (text === 't' ? 1 : 0)],
  [17, (text: string) => Buffer.from(text.slice(2), 'hex')],
  [1184, (text: string) => new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z')).toISOString()],
])

/** A number that is exact, or the text as it is: money is never rounded. */
function exactNumber(text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) || text.includes('.') ? value : text
}
