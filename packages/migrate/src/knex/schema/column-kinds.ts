import { TABLES } from '@txkeep/storage-knex/schema'
import { MIGRATION_STATE, MIGRATION_TABLES } from './migration-tables.js'

/** What an engine may keep in a type of its own: yes or no, and when. */
export type ColumnKind = 'flag' | 'moment' | 'other'

/** Columns only the legacy tables have. */
const LEGACY_FLAGS = ['notified', 'wasBroadcast'] as const

/** A name stands for one kind of value in every table, the legacy ones included. */
export function kindOfColumn(column: string): ColumnKind {
  return KINDS.get(column) ?? 'other'
}

const KINDS: ReadonlyMap<string, ColumnKind> = new Map<string, ColumnKind>([
  ...[...Object.values(TABLES), ...MIGRATION_TABLES, MIGRATION_STATE]
    .flatMap(({ columns }) => columns)
    .map(({ name, type }) => [name, type === 'boolean' ? 'flag' : type === 'timestamp' ? 'moment' : 'other'] as const),
  ...LEGACY_FLAGS.map((name) => [name, 'flag'] as const),
])
