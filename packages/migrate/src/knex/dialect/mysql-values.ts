import type { SqlBinding } from '../sql-session.js'

/** What `mysql2` says of a value it hands over. */
interface Field {
  readonly type: string
  string(): string | null
}

/** Values as SQLite would hand them over: moments in the stored form, sums and large numbers as numbers while they are exact. */
export function mysqlValue(field: Field, next: () => unknown): unknown {
  if (field.type === 'DATETIME' || field.type === 'TIMESTAMP') {
    const text = field.string()
    return text === null ? null : momentOf(text)
  }
  if (field.type === 'LONGLONG' || field.type === 'NEWDECIMAL' || field.type === 'DECIMAL') {
    const text = field.string()
    if (text === null) return null
    const value = Number(text)
    return Number.isSafeInteger(value) || text.includes('.') ? value : text
  }
  return next()
}

export function mysqlBinding(value: SqlBinding): string | number | Buffer | null {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return typeof value === 'bigint' ? String(value) : value
}

/** `2024-03-01 10:20:30[.123456]`, which is UTC in this session. */
function momentOf(text: string): string {
  const [seconds = '', fraction = ''] = text.split('.')
  return `${seconds.replace(' ', 'T')}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
}
