import { ConflictError } from '@txkeep/core'
import { LEGACY_TABLES, keptName, newName, REBUILT_TABLES, ADDED_TABLES } from './schema/table-names.js'
import type { SqlSession } from './sql-session.js'

/**
 * Nothing of somebody else's may break a rename later or be broken by it.
 *
 * @throws {ConflictError} naming every table, view and trigger in the way. Nothing was changed.
 */
export async function assertNothingInTheWay(session: SqlSession): Promise<void> {
  const catalogue = await session.dialect.readCatalogue(session)
  const ours = new Set<string>([...REBUILT_TABLES.map(newName), ...LEGACY_TABLES.map(keptName), ...ADDED_TABLES])
  const taken = catalogue.filter(({ type, name }) => (type === 'table' || type === 'view') && ours.has(name))
  if (taken.length > 0) {
    throw new ConflictError(
      `The database already has ${taken.map(({ type, name }) => `a ${type} ${name}`).join(', ')}, a name the migration needs. Rename or drop it first.`,
    )
  }
  await assertNoForeignDependants(session)
}

/** Views and triggers of others that name a table which is about to be renamed: a rename would fail on them or change them. */
export async function assertNoForeignDependants(session: SqlSession): Promise<void> {
  const catalogue = await session.dialect.readCatalogue(session)
  const names = [...LEGACY_TABLES, ...REBUILT_TABLES.map(newName)]
  const mentions = new RegExp(`\\b(${names.join('|')})\\b`, 'i')
  const foreign = catalogue.filter(
    ({ type, name, sql }) =>
      (type === 'view' || type === 'trigger') && !name.startsWith('txk_') && mentions.test(sql ?? ''),
  )
  if (foreign.length > 0) {
    throw new ConflictError(
      `The database has ${foreign.map(({ type, name }) => `the ${type} ${name}`).join(', ')} on wallet tables, which renaming ` +
        'would break or silently redirect. Drop it before the migration and make it again afterwards.',
    )
  }
}
