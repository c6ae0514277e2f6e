import type { TestDatabase } from '@txkeep/test-engines'

type Row = Readonly<Record<string, unknown>>

/** Every row of a dump that is about this user: hers, and those of her actions, transactions, outputs, labels and tags. */
export function rowsOfUser(
  dump: Awaited<ReturnType<TestDatabase['dump']>>,
  userId: number,
): Readonly<Record<string, Row[]>> {
  const tables = Object.entries(dump).map(([table, lines]) => [table, lines.map(readLine)] as const)
  const own = new Map<string, Set<unknown>>([['userId', new Set([userId])]])
  // Numbers by which rows without a user of their own are hers.
  for (const [key, table] of KEYS) {
    const rows = tables.find(([name]) => name === table)?.[1] ?? []
    own.set(key, new Set(rows.filter((row) => row['userId'] === userId).map((row) => row[key])))
  }
  const isHers = (row: Row): boolean =>
    'userId' in row ? row['userId'] === userId : [...own].some(([key, ids]) => row[key] != null && ids.has(row[key]))
  return Object.fromEntries(tables.map(([table, rows]) => [table, rows.filter(isHers)]))
}

const KEYS = [
  ['actionId', 'actions'],
  ['transactionId', 'actions'],
  ['outputId', 'outputs'],
  ['txLabelId', 'tx_labels'],
  ['outputTagId', 'output_tags'],
  ['certificateId', 'certificates'],
] as const

function readLine(line: string): Row {
  return Object.fromEntries(JSON.parse(line) as [string, unknown][])
}
