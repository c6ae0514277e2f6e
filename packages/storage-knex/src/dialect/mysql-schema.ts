import type { ColumnDefinition, TableDefinition } from '../schema/table-definition.js'
import { TABLES } from '../schema/tables.js'
import type { SchemaDialect } from './schema-dialect.js'

/**
 * What both servers call their collation that compares code points and pads nothing, so that `a`, `A` and `a ` are three names.
 * Each server reads its own comment and skips the other's: MySQL those with its version, MariaDB those with an M.
 */
export const MYSQL_COLLATE = '/*M!100600 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */'

/** MySQL and MariaDB. DDL commits by itself there, so a table is made with its indexes by one statement or not at all. */
export const mysqlSchema: SchemaDialect = {
  quote: (identifier) => `\`${identifier.replaceAll('`', '``')}\``,
  columnType: (column, table) => TYPES[column.type](column, table),
  literal: (value) => {
    if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    return String(Number(value))
  },
  nowExpression: '(utc_timestamp(3))',
  foreignKeysAtCreation: false,
  indexesAtCreation: true,
  // The row format whose index keys hold 3072 bytes: a name of 300 characters fits.
  tableOptions: `engine=InnoDB row_format=dynamic default character set utf8mb4 ${MYSQL_COLLATE}`,
}

const TYPES: Readonly<Record<ColumnDefinition['type'], (column: ColumnDefinition, table: TableDefinition) => string>> =
  {
    id: (_, table) => `${idType(table)} auto_increment primary key`,
    integer: (column, table) => referenceType(column, table) ?? 'bigint',
    bigint: () => 'bigint',
    boolean: () => 'boolean',
    // Not `timestamp`: that ends in 2038, and changes with the session's time zone.
    timestamp: () => 'datetime(3)',
    string: (column) => `varchar(${column.length ?? 255})`,
    text: () => 'longtext',
    bytes: () => 'longblob',
  }

/** The legacy type where the legacy schema has the table: InnoDB wants a key and what refers to it to be of one type. */
function idType(table: TableDefinition): string {
  return table.origin === 'new' ? 'bigint unsigned' : 'int unsigned'
}

function referenceType(column: ColumnDefinition, table: TableDefinition): string | undefined {
  const key = table.foreignKeys.find((reference) => reference.column === column.name)
  const parent = Object.values(TABLES).find(({ name }) => name === key?.table)
  return parent === undefined ? undefined : idType(parent)
}
