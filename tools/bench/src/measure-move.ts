import Database from 'better-sqlite3'
import { type DiskWatch, watchDisk } from './disk-watch.js'
import { migrateCommand, type MeasuredCommand } from './migrate-command.js'

/** What a move from the legacy schema to ours cost, from `expand` to the swap. */
export interface Move {
  /** What each command cost, by its name. */
  readonly steps: ReadonlyMap<string, MeasuredCommand>
  /** `backfill` alone: what the floors are compared with. */
  readonly fillMs: number
  /** Everything but `verify` and `smoke`. */
  readonly moveMs: number
  /** How long the swap kept writers out, by the migrator's own clock. */
  readonly heldMs: number
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
  const steps = new Map<string, MeasuredCommand>()
  let heldMs = Number.NaN
  for (const command of COMMANDS) {
    const options = online && command === 'backfill' ? ['--online'] : []
    const done = await migrateCommand(database, command, options)
    steps.set(command, done)
    if (command === 'cutover') heldMs = Number(done.answer['writersHeldMs'])
  }
  const moveMs = [...steps].reduce(
    (sum, [command, { durationMs }]) => (CHECKS.has(command) ? sum : sum + durationMs),
    0,
  )
  const fillMs = steps.get('backfill')?.durationMs ?? Number.NaN
  return { steps, fillMs, moveMs, heldMs, newRows: countRows(database), disk: watch.stop() }
}

function countRows(database: string): number {
  const connection = new Database(database, { readonly: true })
  const counts = NEW_TABLES.map(
    (table) => connection.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number,
  )
  connection.close()
  return counts.reduce((sum, count) => sum + count, 0)
}
