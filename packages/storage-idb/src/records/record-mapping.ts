import { CorruptDataError } from '@txkeep/core'
import type { ObjectStoreName } from '../schema/object-stores.js'
import type { Field } from './field.js'

/** What an object store holds: plain data, fields that are absent left out. */
export type StoredRecord = Readonly<Record<string, unknown>>

export type Fields<Row> = { readonly [Name in keyof Row]-?: Field<Row[Name]> }

interface MappingOptions<Row> {
  /** What a new row has where it says nothing. */
  readonly defaults?: Partial<Row>
  /** Fields of the record that only indexes need, worked out from the row. */
  readonly derive?: (row: Row) => StoredRecord
}

/** How the rows of one type stand in their object store. */
export class RecordMapping<Row extends object> {
  readonly store: ObjectStoreName
  /** The field whose number the engine may give; names the row in errors. */
  readonly key: keyof Row & string
  readonly #fields: readonly [keyof Row & string, Field<unknown>][]
  readonly #options: MappingOptions<Row>

  constructor(store: ObjectStoreName, key: keyof Row & string, fields: Fields<Row>, options: MappingOptions<Row> = {}) {
    this.store = store
    this.key = key
    this.#fields = Object.entries(fields) as [keyof Row & string, Field<unknown>][]
    this.#options = options
  }

  hasField(name: string): boolean {
    return this.#fields.some(([field]) => field === name)
  }

  /** Where the record holds this field. */
  pathOf(name: keyof Row & string): string {
    return this.#fields.find(([field]) => field === name)?.[1].name ?? name
  }

  /** A whole new row, but for a key the engine gives it. Fields that are undefined count as not given. */
  newRow(given: Partial<Row>, now: Date): Row {
    const stamps: Record<string, Date> = {}
    for (const stamp of ['createdAt', 'updatedAt', 'processingChangedAt']) if (this.hasField(stamp)) stamps[stamp] = now
    return { ...this.#options.defaults, ...stamps, ...definedOnly(given) } as Row
  }

  /** `row` with these changes; fields that are undefined count as not given. */
  changedRow(row: Row, changes: Partial<Row>): Row {
    return { ...row, ...definedOnly(changes) }
  }

  /** @throws {InvalidParameterError} if a value may not be stored. */
  encode(row: Row): StoredRecord {
    const record: Record<string, unknown> = {}
    for (const [name, field] of this.#fields) {
      const value = row[name]
      const stored = value === undefined ? undefined : field.encode(value, name)
      if (stored !== undefined) record[field.name ?? name] = stored
    }
    return { ...record, ...this.#options.derive?.(row) }
  }

  /** @throws {CorruptDataError} if the record holds something no rule allows. */
  decode(record: StoredRecord): Row {
    const row: Record<string, unknown> = {}
    for (const [name, field] of this.#fields) {
      const value = field.decode(record[field.name ?? name])
      if (value === undefined) {
        throw new CorruptDataError(
          `The ${this.store} record ${String(record[this.key])} has a ${name} that no rule allows. Restore it from a backup.`,
        )
      }
      row[name] = value
    }
    return row as Row
  }
}

function definedOnly<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T
}
