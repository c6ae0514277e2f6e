import { createTableStatements, TABLES } from '@txkeep/storage-knex/schema'
import type { Knex } from 'knex'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { dropNewTables } from './contract.js'
import { runUnderLease, type MigrationRun } from './migration-run.js'
import { assertNothingInTheWay, assertRenamable } from './catalogue-checks.js'
import { readLegacySchema } from './schema/legacy-schema.js'
import { MIGRATION_TABLES } from './schema/migration-tables.js'
import { ADDED_TABLES, newName, REBUILT_TABLES } from './schema/table-names.js'
import { assertRowsMovable } from './unmovable-rows.js'

/**
 * How far above the highest legacy proof and request our own numbering starts. Other stores remember legacy numbers, so none
 * may ever name a second thing, also those the legacy application gives out until the swap.
 */
export const NUMBERING_HEADROOM = 1_000_000

/**
 * Makes the new tables beside the legacy ones, empty. One transaction; does nothing when they are there.
 *
 * @throws {NotAWalletError} when the database is no legacy wallet of a version this build reads.
 * @throws {ConflictError} when something of others is in the way, or rows are there that the legacy schema itself forbids.
 */
export async function expand(knex: Knex, options: MigrationOptions = {}): Promise<{ readonly phase: MigrationPhase }> {
  const phases = ['none', 'expanded', 'capturing', 'backfilled', 'verified', 'cut-over', 'rolled-back'] as const
  return await runUnderLease(knex, { command: 'expand', phases }, options, async (run, state) => {
    if (state.phase !== 'none') return { phase: state.phase }
    await run.step('expand:begin')
    await run.commit(async () => {
      await readLegacySchema(run.session)
      // Left by a command that ended between two tables.
      if (state.step === EXPANDING) await dropNewTables(run)
      await assertNothingInTheWay(run.session)
      await assertRowsMovable(run.session)
      if (run.session.dialect.schemaCommitsItself) await run.save({ step: EXPANDING })
      await createTables(run)
      await assertRenamable(run.session)
      await run.step('expand:created')
      await run.save({ phase: 'expanded', step: null, pass: null, cursorJson: null, lastError: null })
    })
    await run.emit({ type: 'phase-changed', from: 'none', to: 'expanded' })
    await run.step('expand:done')
    return { phase: 'expanded' }
  })
}

/** The step that is under way where tables are made one by one. */
const EXPANDING = 'expanding'

async function createTables({ session }: MigrationRun): Promise<void> {
  const { dialect } = session
  for (const definition of MIGRATION_TABLES) {
    const [table = '', ...indexes] = createTableStatements(dialect.schema, definition)
    await session.run(definition.primaryKey === undefined ? table : dialect.organizeByKey(table))
    // The index of the outpoints is made after the fill when nobody is writing: sorting once is faster.
    if (definition.name !== 'migration_scan_inputs') for (const sql of indexes) await session.run(sql)
  }
  const foreignKeys = dialect.schema.foreignKeysAtCreation
  for (const name of [
    ...REBUILT_TABLES.slice(0, 1),
    'actions',
    ...REBUILT_TABLES.slice(1),
    ...ADDED_TABLES.slice(1),
  ] as const) {
    const options = { nameOf: newName, foreignKeys, indexes: dialect.schema.indexesAtCreation ?? false }
    for (const sql of createTableStatements(dialect.schema, TABLES[name], options)) await session.run(sql)
  }
  const highest = Math.max(
    await dialect.readSequence(session, 'proven_txs', 'provenTxId'),
    await dialect.readSequence(session, 'proven_tx_reqs', 'provenTxReqId'),
  )
  await dialect.raiseSequence(session, newName('transactions'), 'transactionId', highest + NUMBERING_HEADROOM)
}
