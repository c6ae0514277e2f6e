import { CorruptDataError } from '@txkeep/core'

import type { DatabaseRow, SqlValue } from '../dialect/sql-value.js'
import type { TableName } from '../schema/tables.js'
import type { Field } from './field.js'

/** Every field of a row type. A field that is added to the type and forgotten here does not compile. */
export type Fields<Row> = { readonly [Name in keyof Row]-?: Field<Row[Name]> }

/** Translates between database rows of one table and a row type of core, both ways. */
export class RowMapping<Row> {
  readonly table: TableName
  /** The columns to select, in order of the fields. */
  readonly columns: readonly string[]
  readonly #fields: Fields<Row>
  readonly #names: readonly (keyof Row & string)[]
  readonly #key: keyof Row & string

  /** `key` is the field named in messages about a row that cannot be read. */
  constructor(table: TableName, key: keyof Row & string, fields: Fields<Row>) {
    this.table = table
    this.#fields = fields
    this.#key = key
    this.#names = Object.keys(fields) as (keyof Row & string)[]
    this.columns = this.#names.map((name) => fields[name].column)
  }

  /** The column that names a row in messages: its key, or part of it. */
  get keyColumn(): string {
    return this.columnOf(this.#key)
  }

  hasField(name: string): boolean {
    return this.#names.some((known) => known === name)
  }

  columnOf(name: keyof Row & string): string {
    return this.#fields[name].column
  }

  /** What to bind for one field. */
  encodeField<Name extends keyof Row & string>(name: Name, value: Row[Name]): SqlValue {
    return this.#fields[name].encode(value, name)
  }

  /** Column values of the fields that are given; undefined counts as not given. */
  encode(row: Partial<Row>): Record<string, SqlValue> {
    const encoded: Record<string, SqlValue> = {}
    for (const name of this.#names) {
      const value = row[name]
      if (value !== undefined) encoded[this.columnOf(name)] = this.encodeField(name, value)
    }
    return encoded
  }

  /** @throws {CorruptDataError} if a column holds what no rule allows. */
  decode(stored: DatabaseRow): Row {
    const row: Partial<Row> = {}
    for (const name of this.#names) {
      const field = this.#fields[name]
      const value = field.decode(stored[field.column])
      if (value === undefined) throw this.#corrupt(field.column, stored)
      row[name] = value
    }
    return row as Row
  }

  #corrupt(column: string, stored: DatabaseRow): CorruptDataError {
    const key = `${this.keyColumn} ${String(stored[this.keyColumn])}`
    return new CorruptDataError(
      `The column ${this.table}.${column} of ${key} holds ${describe(stored[column])}, which no rule allows. ` +
        'Restore the row from a backup, or correct it by hand.',
    )
  }
}

/** Short, and never bytes: a raw transaction must not end up in a message. */
function describe(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  const described = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return described.length > 60 ? `${described.slice(0, 57)}…` : described
}
