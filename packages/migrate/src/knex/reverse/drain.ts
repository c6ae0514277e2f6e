import { VerificationFailedError } from '../../migration-error.js'
import type { MigrationRun } from '../migration-run.js'
import { keptName } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'
import { changedTables, legacyChecksums, type LegacyChecksums } from '../swap/legacy-checksums.js'
import { collectWritten } from './collect-written.js'
import { keepState } from './kept-state.js'
import { readLegacyColumns, type LegacyColumns } from './legacy-columns.js'
import { projectRows } from './project-rows.js'
import { clearReverseWorkTables, createReverseWorkTables } from './work-tables.js'

/** Captured writes one transaction takes at most. */
export const DRAIN_BATCH = 400

/** The id maps of synchronization are one table both schemas have: they are turned back by the rollback itself. */
const DRAINED = `table_name <> 'sync_states'`

/** Takes what the new application wrote to the kept legacy tables, in batches. Made once per command. */
export class ReverseDrain {
  readonly #run: MigrationRun
  readonly #batchKeys: number
  #columns: LegacyColumns | undefined

  constructor(run: MigrationRun, batchKeys: number = DRAIN_BATCH) {
    this.#run = run
    this.#batchKeys = batchKeys
  }

  /**
   * Before the first batch. Outside a transaction.
   *
   * @throws {VerificationFailedError} when nothing was drained yet and the kept tables are not as the cutover left them.
   */
  async begin(): Promise<void> {
    const { session } = this.#run
    if ((await pendingWrites(session)) > 0) await assertUntouched(this.#run)
    await session.dialect.show(session)
    await createReverseWorkTables(session)
    this.#columns = await readLegacyColumns(session)
  }

  /** One batch in a commit of its own; resolves to how many captured writes it took, 0 when none was waiting. */
  async batch(): Promise<number> {
    await this.#run.step('drain:begin')
    const taken = await this.#run.commit(async () => {
      const keys = await this.#take()
      await this.#run.step('drain:projected')
      return keys
    })
    await this.#run.step('drain:committed')
    return taken
  }

  /** Everything that waits, inside a transaction that is open. */
  async rest(): Promise<number> {
    let taken = 0
    for (;;) {
      const keys = await this.#take()
      if (keys === 0) return taken
      taken += keys
    }
  }

  async #take(): Promise<number> {
    const { session } = this.#run
    if (this.#columns === undefined) throw new Error('begin() has not been called')
    await session.run('delete from migration_batch')
    const { changes } = await session.run(
      `insert into migration_batch (seq, table_name, key1, key2)
       select seq, table_name, key1, key2 from migration_reverse_outbox where ${DRAINED} order by seq limit ?`,
      [this.#batchKeys],
    )
    if (changes === 0) return 0
    // Exactly the rows that were read: a lower number may still be committed later.
    await session.run('delete from migration_reverse_outbox where seq in (select seq from migration_batch)')
    await this.#run.step('drain:taken')
    await clearReverseWorkTables(session)
    await collectWritten(session)
    await projectRows(session, this.#columns)
    await keepState(session)
    await markDrained(this.#run)
    await session.run('delete from migration_batch')
    return changes
  }
}

/** How many captured writes wait to be drained. */
export async function pendingWrites(session: SqlSession): Promise<number> {
  const row = await session.get<{ n: number }>(`select count(*) as n from migration_reverse_outbox where ${DRAINED}`)
  return row?.n ?? 0
}

/** Whether the kept tables have been written to since the cutover, so that their checksums say nothing any more. */
export async function hasDrained(session: SqlSession): Promise<boolean> {
  return (
    (await session.get(`select 1 from migration_keep where table_name = 'migration' and key = 'drained'`)) !== undefined
  )
}

/** Inside a swap: the next tables that are put aside have not been written to. */
export async function forgetDrained(session: SqlSession): Promise<void> {
  await session.run(`delete from migration_keep where table_name = 'migration' and key = 'drained'`)
}

/** The legacy tables are what goes into use again: until the first drained write not one byte may have changed. */
export async function assertUntouched(run: MigrationRun): Promise<void> {
  const { checksumsJson } = await run.state()
  if (checksumsJson === null) return
  const now = await legacyChecksums(run.session, keptName)
  const changed = changedTables(JSON.parse(checksumsJson) as LegacyChecksums, now)
  if (changed.length === 0) return
  throw new VerificationFailedError(
    `The kept legacy tables ${changed.map(keptName).join(', ')} are not as they were at the cutover. Find out who wrote to them before going back; nothing was changed.`,
  )
}

async function markDrained(run: MigrationRun): Promise<void> {
  if (await hasDrained(run.session)) return
  await run.session.run(
    `insert into migration_keep (table_name, key, state_json) select 'migration', 'drained', '{"sinceMs":' || ${run.session.dialect.nowMs} || '}'`,
  )
  await run.save({ checksumsJson: null })
}
