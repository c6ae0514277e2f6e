import { stripVTControlCharacters } from 'node:util'
import { grouped } from '../report/number-text.js'

/** Text out of a database, safe to print: no control characters, so that a description can neither move the cursor nor turn text around. */
export function printable(text: string): string {
  // Control characters are exactly what must not reach a terminal
  return stripVTControlCharacters(String(text)).replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    '\uFFFD',
  )
}

/** Rows as aligned columns; numbers are right-aligned. The first row is the header. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? grouped(cell) : printable(cell))))
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => (row[column] ?? '').length)))
  const isNumber = (rows[1] ?? []).map((cell) => typeof cell === 'number')
  return texts.map((row) =>
    row
      .map((cell, column) =>
        isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** The beginning of an identity key, enough to tell users apart. */
export function shortKey(identityKey: string | null): string {
  return identityKey === null ? '(unknown)' : identityKey.length <= 12 ? identityKey : `${identityKey.slice(0, 12)}…`
}
