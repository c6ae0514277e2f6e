import { ConflictError } from '@txkeep/core'
import { MIGRATIONS_TABLE, TABLES } from '@txkeep/storage-knex/schema'
import { MIGRATION_TABLES } from './schema/migration-tables.js'
import { LEGACY_TABLES, keptName, newName, REBUILT_TABLES, ADDED_TABLES } from './schema/table-names.js'
import type { SqlSession } from './sql-session.js'

/**
 * Nothing of somebody else's may break a rename later or be broken by it. Engines may not tell upper from lower case in names.
 *
 * @throws {ConflictError} naming every table, view, index and trigger in the way. Nothing was changed.
 */
export async function assertNothingInTheWay(session: SqlSession): Promise<void> {
  const catalogue = await session.dialect.readCatalogue(session)
  const ours = new Set([...tablesOfOurs(), ...indexesOfOurs()].map((name) => name.toLowerCase()))
  const taken = catalogue.filter(({ name }) => ours.has(name.toLowerCase()))
  if (taken.length > 0) {
    throw new ConflictError(
      `The database already has ${taken.map(({ type, name }) => `${type === 'index' ? 'an' : 'a'} ${type} ${name}`).join(', ')}, a name the migration needs. Rename or drop it first.`,
    )
  }
  await assertNoForeignDependants(session)
}

function tablesOfOurs(): string[] {
  return [
    ...REBUILT_TABLES.map(newName),
    ...LEGACY_TABLES.map(keptName),
    ...ADDED_TABLES,
    ...MIGRATION_TABLES.map(({ name }) => name),
    MIGRATIONS_TABLE.name,
  ]
}

function indexesOfOurs(): string[] {
  const made = [...[...REBUILT_TABLES, ...ADDED_TABLES].map((name) => TABLES[name]), ...MIGRATION_TABLES]
  return made.flatMap(({ uniqueKeys, indexes }) => [...uniqueKeys, ...indexes].map(({ name }) => name))
}

/**
 * Views, triggers and references of others that name a table which is about to be renamed: a rename would fail on them or
 * silently redirect them.
 */
export async function assertNoForeignDependants(session: SqlSession): Promise<void> {
  const catalogue = await session.dialect.readCatalogue(session)
  const names = [...LEGACY_TABLES, ...REBUILT_TABLES.map(newName)]
  const mentions = new RegExp(`\\b(${names.join('|')})\\b`, 'i')
  const refers = new RegExp(`\\breferences\\s+["'\`[]?(${names.join('|')})\\b`, 'i')
  const known = new Set<string>([...LEGACY_TABLES, ...tablesOfOurs()])
  const foreign = catalogue.filter(({ type, name, sql }) =>
    type === 'table'
      ? !known.has(name) && refers.test(sql ?? '')
      : (type === 'view' || type === 'trigger') && !name.startsWith('txk_') && mentions.test(sql ?? ''),
  )
  if (foreign.length > 0) {
    throw new ConflictError(
      `The database has ${foreign.map(({ type, name }) => `the ${type} ${name}`).join(', ')} on wallet tables, which renaming ` +
        'would break or silently redirect. Drop it before the migration and make it again afterwards.',
    )
  }
}

/**
 * Tries a rename on a table of ours, because a broken view or trigger anywhere makes an engine refuse every rename.
 *
 * @throws {ConflictError} in the engine's own words.
 */
export async function assertRenamable(session: SqlSession): Promise<void> {
  try {
    await session.dialect.assertRenamable(session, newName('transactions'))
  } catch (error) {
    throw new ConflictError(
      `The tables of the database cannot be renamed: ${error instanceof Error ? error.message : String(error)}. Repair or drop what is named there first; nothing was changed.`,
      { cause: error },
    )
  }
}
