/** One line of the table: what was measured, beside what the migration page asks for. Source: docs/spec/migration.md §9. */
export interface Figure {
  readonly name: string
  readonly measured: string
  readonly target: string
  /** Undefined when the page names no target. */
  readonly reached: boolean | undefined
}

/** A ratio such as `2.41 ×`, to be at most `limit`. */
export function atMostTimes(name: string, ratio: number, limit: number, of: string): Figure {
  return { name, measured: `${ratio.toFixed(2)} × ${of}`, target: `≤ ${limit} ×`, reached: ratio <= limit }
}

/** An amount with its unit, to be at most `limit`. */
export function atMost(name: string, amount: number, limit: number, unit: string): Figure {
  return { name, measured: `${round(amount)} ${unit}`, target: `≤ ${limit} ${unit}`, reached: amount <= limit }
}

/** An amount with its unit, to be at least `limit`. */
export function atLeast(name: string, amount: number, limit: number, unit: string): Figure {
  return { name, measured: `${round(amount)} ${unit}`, target: `≥ ${limit} ${unit}`, reached: amount >= limit }
}

/** An amount that is only told. */
export function told(name: string, amount: number, unit: string): Figure {
  return { name, measured: `${round(amount)} ${unit}`, target: '–', reached: undefined }
}

/** The figures as a Markdown table. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, measured, target, reached }) => [name, measured, target, verdict(reached)])
  return table([['figure', 'measured', 'reach', ''], ...rows])
}

/** Rows of cells as a Markdown table; the first is its head. */
export function table(cells: readonly (readonly string[])[]): string {
  const [head = [], ...body] = cells
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** The value below which `share` of all values lie; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function verdict(reached: boolean | undefined): string {
  return reached === undefined ? '' : reached ? 'reached' : 'missed'
}

function round(amount: number): string {
  return amount >= 100
    ? Math.round(amount).toLocaleString('en').replaceAll(',', ' ')
    : amount.toFixed(amount >= 10 ? 1 : 2)
}
