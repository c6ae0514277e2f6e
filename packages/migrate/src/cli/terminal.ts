import { stripVTControlCharacters } from 'node:util'

/** Text out of a database, safe to print: no control characters, so that a description cannot move the cursor. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not reach a terminal
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, '\uFFFD')
}

/** A whole number with thousands separators, the same on every machine. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

/** Milliseconds as a person says them: `840 ms`, `12.3 s`, `3 min 05 s`. */
export function duration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
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

/** Bytes as a person says them: `512 B`, `1.4 MB`. Powers of ten, as disks are sold. */
export function fileSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`
}

/** The beginning of an identity key, enough to tell users apart. */
export function shortKey(identityKey: string | null): string {
  return identityKey === null ? '(unknown)' : identityKey.length <= 12 ? identityKey : `${identityKey.slice(0, 12)}…`
}
