import Database from 'better-sqlite3'
import { type DiskWatch, watchDisk } from './disk-watch.js'
import { migrateCommand } from './migrate-command.js'

/** What a move from the legacy schema to ours cost, from `expand` to the swap. */
export interface Move {
  /** Milliseconds of each command, by its name. */
  readonly steps: ReadonlyMap<string, number>
  /** Everything but `verify` and `smoke`: what the floors are compared with. */
  readonly moveMs: number
  /** How long the swap kept writers out, by the migrator's own clock. */
  readonly heldMs: number
  /** The most memory any of the commands held, `verify` included. */
  readonly peakRssBytes: number
  /** Rows in the new tables. */
  readonly newRows: number
  readonly disk: ReturnType<DiskWatch['stop']>
}

const COMMANDS = ['expand', 'capture start', 'backfill', 'verify', 'cutover', 'smoke']
const CHECKS = new Set(['verify', 'smoke'])
const NEW_TABLES = ['transactions', 'actions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map', 'tx_audit']

/** Moves a legacy database command by command, as an operator does; `online` lets writers through while it works. */
export async function measureMove(database: string, { online }: { readonly online: boolean }): Promise<Move> {
  const watch = watchDisk(database)
  const steps = new Map<string, number>()
  let peakRssBytes = 0
  let heldMs = Number.NaN
  for (const command of COMMANDS) {
    const options = online && command === 'backfill' ? ['--online'] : []
    const done = await migrateCommand(database, command, options)
    steps.set(command, done.durationMs)
    if (command === 'cutover') heldMs = Number(done.answer['writersHeldMs'])
    peakRssBytes = Math.max(peakRssBytes, done.peakRssBytes)
  }
  const moveMs = [...steps].reduce((sum, [command, ms]) => (CHECKS.has(command) ? sum : sum + ms), 0)
  return { steps, moveMs, heldMs, peakRssBytes, newRows: countRows(database), disk: watch.stop() }
}

function countRows(database: string): number {
  const connection = new Database(database, { readonly: true })
  const counts = NEW_TABLES.map(
    (table) => connection.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number,
  )
  connection.close()
  return counts.reduce((sum, count) => sum + count, 0)
}
