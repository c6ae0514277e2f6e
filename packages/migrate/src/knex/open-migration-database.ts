import { setTimeout as sleep } from 'node:timers/promises'
import { NotAWalletError, SCHEMA_VERSION, SchemaVersionError, StoreBusyError } from '@txkeep/core'
import { openKnex, redactDatabaseUrl } from '@txkeep/storage-knex'
import type { Knex } from 'knex'
import { isMigrationPhase } from '../migration-phase.js'
import { describeDatabase } from './inspect/database-kind.js'
import { LEGACY_MIGRATIONS } from './inspect/legacy-migrations.js'
import { readLegacySchema } from './schema/legacy-schema.js'
import { withSqlSession, type SqlSession } from './sql-session.js'
import { readCatalogue, type Catalogue } from './verify/catalogue.js'

/** A database that is open for a migration: a wallet of a version this build moves, or one it has moved. */
export interface MigrationDatabase {
  readonly knex: Knex
  close(): Promise<void>
}

export interface OpenMigrationDatabaseOptions {
  /** Opens it without the right to write, and lets legacy versions pass that cannot be moved: looking is always allowed. */
  readonly readonly?: boolean
}

/**
 * Opens the wallet database `url` names. Everything is looked at through a connection that cannot write first, so that a wrong
 * database is not changed by one byte.
 *
 * @throws {StoreUnavailableError} if there is no such database, or the engine is not in this version.
 * @throws {NotAWalletError} if it is no database, empty, no wallet, or a legacy wallet of a version this build cannot move.
 * @throws {SchemaVersionError} if a newer build made its schema or began its migration.
 * @throws {StoreBusyError} if another connection locks even readers out.
 * @throws {ReadOnlyError} if it cannot be written and `readonly` is not set.
 * @throws {InvalidParameterError} if `url` is no database URL.
 * @example const { knex, close } = await openMigrationDatabase('wallet.sqlite')
 */
export async function openMigrationDatabase(
  url: string,
  options: OpenMigrationDatabaseOptions = {},
): Promise<MigrationDatabase> {
  const looking = await openForLooking(url)
  try {
    const name = redactDatabaseUrl(url)
    await withSqlSession(looking, (session) => assertMovable(session, name, options.readonly ?? false))
  } catch (error) {
    await looking.destroy()
    throw error
  }
  if (options.readonly === true) return { knex: looking, close: () => looking.destroy() }
  await looking.destroy()
  const knex = await openKnex(url)
  return { knex, close: () => knex.destroy() }
}

/** A legacy application in rollback-journal mode locks readers out for moments: try again for a while. */
async function openForLooking(url: string): Promise<Knex> {
  const deadline = performance.now() + LOCK_WAIT_MS
  for (;;) {
    try {
      return await openKnex(url, { readonly: true })
    } catch (error) {
      if (!(error instanceof StoreBusyError)) throw error
      if (performance.now() > deadline) {
        throw new StoreBusyError(
          `Another process keeps ${redactDatabaseUrl(url)} locked, even for readers. Stop it, or let it finish, and run the command again. Nothing was changed.`,
          { cause: error },
        )
      }
      await sleep(LOCK_POLL_MS)
    }
  }
}

const LOCK_WAIT_MS = 3000
const LOCK_POLL_MS = 50

async function assertMovable(session: SqlSession, name: string, isOnlyLooking: boolean): Promise<void> {
  const catalogue = await readCatalogue(session)
  const { kind } = await describeDatabase(session, catalogue)
  if (kind === 'empty') throw new NotAWalletError(`${name} is empty, so there is no wallet to move. Check the path.`)
  if (kind === 'not-a-wallet') {
    throw new NotAWalletError(`${name} is a database, but holds no wallet this build knows. Check the path.`)
  }
  await assertKnownPhase(session, catalogue, name)
  await assertKnownSchema(session, catalogue, name)
  if (isOnlyLooking || (kind !== 'legacy' && kind !== 'half-migrated')) return
  await assertKnownLegacyVersion(session, catalogue, name)
  await readLegacySchema(session)
}

async function assertKnownPhase(session: SqlSession, catalogue: Catalogue, name: string): Promise<void> {
  if (!catalogue.has('migration_state')) return
  const state = await session.get<{ phase: string }>('select phase from migration_state where id = 1')
  if (state === undefined || isMigrationPhase(state.phase)) return
  throw new SchemaVersionError(
    `The migration of ${name} is in phase ${JSON.stringify(state.phase)}, which this build does not know. Use the newer build that began it. Nothing was changed.`,
    undefined,
    SCHEMA_VERSION,
  )
}

async function assertKnownSchema(session: SqlSession, catalogue: Catalogue, name: string): Promise<void> {
  if (!catalogue.has('txkeep_migrations')) return
  const row = await session.get<{ version: number | null }>('select max(version) as version from txkeep_migrations')
  const version = row?.version ?? 0
  if (version <= SCHEMA_VERSION) return
  throw new SchemaVersionError(
    `${name} has schema version ${version}, and this build works with ${SCHEMA_VERSION}. Update txkeep; nothing was changed.`,
    version,
    SCHEMA_VERSION,
  )
}

/** A newer legacy schema can hold what this build would not copy. */
async function assertKnownLegacyVersion(session: SqlSession, catalogue: Catalogue, name: string): Promise<void> {
  if (!catalogue.has('knex_migrations')) return
  const rows = await session.all<{ name: string }>('select name from knex_migrations order by id')
  const known: ReadonlySet<string> = new Set(LEGACY_MIGRATIONS)
  const unknown = rows.filter((row) => !known.has(row.name)).map((row) => row.name)
  if (unknown.length === 0) return
  throw new NotAWalletError(
    `${name} is a legacy wallet of a newer version than this build reads: it has been through ${unknown.map((step) => JSON.stringify(step)).join(', ')}. ` +
      'Update txkeep; nothing was changed.',
  )
}
