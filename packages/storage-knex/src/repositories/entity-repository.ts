import {
  UniqueViolationError,
  type EntityWriter,
  type KeyOf,
  type Match,
  type NewEntity,
  type Page,
} from '@txkeep/core'
import type { Knex } from 'knex'

import type { RowMapping } from '../rows/row-mapping.js'
import { orderByColumn } from '../statements/order-by.js'
import { selectRows } from '../statements/select-rows.js'
import { whereMatches } from '../statements/where-matches.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { countOf, decodeAll, decodeOne } from './decode.js'
import { insertOne } from './insert-one.js'

/** One table that no rule needs more of than plain reads and writes. */
export interface EntityTable<Row, Key extends keyof Row & string> {
  readonly rows: RowMapping<Row>
  readonly key: readonly Key[]
  /** Every set of fields that names at most one row, beside the key. */
  readonly uniqueKeys: readonly (readonly (keyof Row & string)[])[]
  /** The table has no index that holds the key, so an insert keeps other writers out of the table and looks first. */
  readonly isKeyUnenforced?: boolean
}

type Stamp = 'createdAt' | 'updatedAt'

export class KnexEntityRepository<
  Row,
  Key extends keyof Row & string,
  Generated extends keyof Row & string,
> implements EntityWriter<Row, Key, Generated> {
  readonly #unit: UnitOfWork
  readonly #table: EntityTable<Row, Key>

  constructor(unit: UnitOfWork, table: EntityTable<Row, Key>) {
    this.#unit = unit
    this.#table = table
  }

  get(key: KeyOf<Row, Key>): Promise<Row | undefined> {
    return this.#findFirst(this.#where(selectRows(this.#unit.db, this.#table.rows), key))
  }

  async find(match: Match<Row>, page: Page = {}): Promise<Row[]> {
    const select = this.#where(selectRows(this.#unit.db, this.#table.rows), match)
    const order = page.descending === true ? 'desc' : 'asc'
    for (const name of this.#table.key) {
      orderByColumn(this.#unit.db, select, this.#table.rows.table, this.#table.rows.columnOf(name), order)
    }
    // An offset without a limit is no SQL everywhere.
    if (page.limit !== undefined || page.offset !== undefined) select.limit(page.limit ?? Number.MAX_SAFE_INTEGER)
    if (page.offset !== undefined) select.offset(page.offset)
    return decodeAll(this.#table.rows, await this.#unit.rows(select))
  }

  async count(match: Match<Row>): Promise<number> {
    const count = this.#unit.db.knex(this.#table.rows.table).count({ count: '*' })
    return countOf(await this.#unit.row(this.#where(count, match)), 'count')
  }

  async insert(row: NewEntity<Row, Generated>): Promise<Row> {
    const stamped = this.#stamped(row)
    if (this.#table.isKeyUnenforced === true) {
      await this.#lockTable()
      if ((await this.#findSame(stamped)) !== undefined) {
        throw this.#unit.refuse(new UniqueViolationError(this.#table.rows.table))
      }
    }
    return this.#table.rows.decode((await insertOne(this.#unit, this.#table.rows, stamped)) ?? {})
  }

  async insertIfAbsent(row: NewEntity<Row, Generated>): Promise<{ readonly row: Row; readonly inserted: boolean }> {
    const stamped = this.#stamped(row)
    if (this.#table.isKeyUnenforced === true) await this.#lockTable()
    const stored = await this.#findSame(stamped)
    if (stored !== undefined) return { row: stored, inserted: false }
    const inserted = await insertOne(this.#unit, this.#table.rows, stamped, { skipOnConflict: 'any' })
    if (inserted !== undefined) return { row: this.#table.rows.decode(inserted), inserted: true }
    return this.insertIfAbsent(row)
  }

  async update(key: KeyOf<Row, Key>, changes: Partial<Omit<Row, Key | 'createdAt'>>): Promise<boolean> {
    const { rows } = this.#table
    const given = { ...(this.#hasStamp('updatedAt') ? { updatedAt: this.#unit.now() } : {}), ...changes }
    const columns = rows.encode(given as Partial<Row>)
    const update = this.#where(this.#unit.db.knex(rows.table), key)
    return (await this.#unit.change(update.update(columns))) > 0
  }

  async delete(key: KeyOf<Row, Key>): Promise<boolean> {
    const deletion = this.#where(this.#unit.db.knex(this.#table.rows.table), key)
    return (await this.#unit.change(deletion.delete())) > 0
  }

  async #lockTable(): Promise<void> {
    const lock = this.#unit.db.dialect.lockTable(this.#table.rows.table)
    if (lock !== undefined) await this.#unit.change(lock)
  }

  /** The stored row that has the same value in one of the unique keys. */
  async #findSame(row: Partial<Row>): Promise<Row | undefined> {
    for (const names of [this.#table.key, ...this.#table.uniqueKeys]) {
      const match: Partial<Row> = {}
      for (const name of names) if (row[name] !== undefined) match[name] = row[name]
      if (Object.keys(match).length < names.length) continue
      const same = await this.#findFirst(this.#where(selectRows(this.#unit.db, this.#table.rows), match))
      if (same !== undefined) return same
    }
    return undefined
  }

  async #findFirst(select: Knex.QueryBuilder): Promise<Row | undefined> {
    return decodeOne(this.#table.rows, await this.#unit.row(select.limit(1)))
  }

  #where(statement: Knex.QueryBuilder, given: Match<Row> | KeyOf<Row, Key>): Knex.QueryBuilder {
    return whereMatches(this.#unit.db, statement, this.#table.rows, given as Match<Row>)
  }

  #stamped(row: NewEntity<Row, Generated>): Partial<Row> {
    const now = this.#unit.now()
    const stamps: Partial<Record<Stamp, Date>> = {}
    for (const stamp of ['createdAt', 'updatedAt'] as const) if (this.#hasStamp(stamp)) stamps[stamp] = now
    return { ...stamps, ...definedOnly(row) } as Partial<Row>
  }

  #hasStamp(stamp: Stamp): boolean {
    return this.#table.rows.hasField(stamp)
  }
}

/** Without the fields that are undefined: they count as not given. */
function definedOnly(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}
