import type { SchemaDialect } from '../dialect/schema-dialect.js'
import type {
  CheckDefinition,
  ColumnDefinition,
  ForeignKeyDefinition,
  IndexDefinition,
  TableDefinition,
} from './table-definition.js'

export interface CreateTableOptions {
  /** The name a table gets, asked for the table itself and for every table it references, e.g. `outputs` → `outputs_new`. */
  readonly nameOf?: (table: string) => string
  /** Whether references are declared. Default true. */
  readonly foreignKeys?: boolean
  /** Whether unique keys and indexes are made too. Default true; `createIndexStatements` makes them later. */
  readonly indexes?: boolean
}

/**
 * The statements that make one table, possibly under another name, with its indexes after it. Index names do not change with
 * the table's name, so a table made as `outputs_new` and renamed later is the same as one made as `outputs`.
 */
export function createTableStatements(
  dialect: SchemaDialect,
  table: TableDefinition,
  options: CreateTableOptions = {},
): string[] {
  const nameOf = options.nameOf ?? sameName
  const withIndexes = options.indexes !== false
  const parts = [
    ...table.columns.map((column) => columnSql(dialect, column, table)),
    ...(table.primaryKey === undefined ? [] : [`primary key (${columnList(dialect, table.primaryKey)})`]),
    ...table.checks.map((check) => checkSql(dialect, check)),
    ...(withIndexes && dialect.indexesAtCreation === true ? indexParts(dialect, table) : []),
    ...(options.foreignKeys === false ? [] : table.foreignKeys.map((key) => foreignKeySql(dialect, key, nameOf))),
  ]
  const behind = dialect.tableOptions === undefined ? '' : ` ${dialect.tableOptions}`
  return [
    `create table ${dialect.quote(nameOf(table.name))} (\n  ${parts.join(',\n  ')}\n)${behind}`,
    ...(withIndexes && dialect.indexesAtCreation !== true ? createIndexStatements(dialect, table, { nameOf }) : []),
  ]
}

/** The statements that make the unique keys (first) and indexes of one table, all of them or one kind. */
export function createIndexStatements(
  dialect: SchemaDialect,
  table: TableDefinition,
  options: { readonly nameOf?: (table: string) => string; readonly only?: 'unique' | 'plain' } = {},
): string[] {
  const on = dialect.quote((options.nameOf ?? sameName)(table.name))
  const render = (unique: string) => (index: IndexDefinition) =>
    `create ${unique}index ${dialect.quote(index.name)} on ${on} ${indexedSql(dialect, index)}`
  return [
    ...(options.only === 'plain' ? [] : table.uniqueKeys.map(render('unique '))),
    ...(options.only === 'unique' ? [] : [...table.indexes.map(render('')), ...dependencySql(dialect, table, on)]),
  ]
}

function indexParts(dialect: SchemaDialect, table: TableDefinition): string[] {
  const render = (kind: string) => (index: IndexDefinition) =>
    `${kind} ${dialect.quote(index.name)} (${columnList(dialect, index.columns)})`
  return [...table.uniqueKeys.map(render('unique key')), ...table.indexes.map(render('key'))]
}

function dependencySql(dialect: SchemaDialect, { dependencies = [] }: TableDefinition, on: string): string[] {
  if (dialect.dependencyStatistics !== true) return []
  return dependencies.map(
    ({ name, columns }) =>
      `create statistics ${dialect.quote(name)} (dependencies) on ${columnList(dialect, columns)} from ${on}`,
  )
}

function indexedSql(dialect: SchemaDialect, { columns, onlyWhere, onlyWhereNull }: IndexDefinition): string {
  const settled = onlyWhere ?? onlyWhereNull
  if (settled === undefined || dialect.partialIndexes !== true) return `(${columnList(dialect, columns)})`
  const others = columns.filter((column) => column !== settled)
  const rule = onlyWhere === undefined ? `${dialect.quote(settled)} is null` : dialect.quote(settled)
  return `(${columnList(dialect, others)}) where ${rule}`
}

function columnSql(dialect: SchemaDialect, column: ColumnDefinition, table: TableDefinition): string {
  const parts = [dialect.quote(column.name), dialect.columnType(column, table), column.nullable ? 'null' : 'not null']
  if (column.default !== undefined) {
    parts.push('default', column.default === 'now' ? dialect.nowExpression : dialect.literal(column.default))
  }
  return parts.join(' ')
}

function checkSql(dialect: SchemaDialect, check: CheckDefinition): string {
  const column = dialect.quote(check.column)
  const values = check.values.map((value) => dialect.literal(value)).join(', ')
  const rule =
    check.kind === 'in'
      ? `${column} in (${values})`
      : `${column} not in (${values}) or ${dialect.quote(check.notNull)} is not null`
  return `constraint ${dialect.quote(check.name)} check (${rule})`
}

function foreignKeySql(dialect: SchemaDialect, key: ForeignKeyDefinition, nameOf: (table: string) => string): string {
  const parent = `${dialect.quote(nameOf(key.table))} (${dialect.quote(key.references)})`
  return `foreign key (${dialect.quote(key.column)}) references ${parent}`
}

function columnList(dialect: SchemaDialect, columns: readonly string[]): string {
  return columns.map((column) => dialect.quote(column)).join(', ')
}

function sameName(table: string): string {
  return table
}
