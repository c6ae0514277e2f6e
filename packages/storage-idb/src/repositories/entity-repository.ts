import type { EntityWriter, KeyOf, Match, NewEntity, Page } from '@txkeep/core'
import { matches } from './matches.js'
import { OBJECT_STORES, type IndexDefinition, type ObjectStoreDefinition } from '../schema/object-stores.js'
import type { RecordQuery, RecordTable } from '../record-table.js'

/** One object store that no rule needs more of than plain reads and writes. */
export class IdbEntityRepository<
  Row extends object,
  Key extends keyof Row & string,
  Generated extends keyof Row & string,
> implements EntityWriter<Row, Key, Generated> {
  readonly #table: RecordTable<Row>
  readonly #key: readonly Key[]
  readonly #definition: ObjectStoreDefinition

  constructor(table: RecordTable<Row>, key: readonly Key[]) {
    this.#table = table
    this.#key = key
    this.#definition = definitionOf(table.mapping.store)
  }

  get(key: KeyOf<Row, Key>): Promise<Row | undefined> {
    return this.#table.get(this.#keyOf(key))
  }

  async find(match: Match<Row>, page: Page = {}): Promise<Row[]> {
    const { limit, offset = 0, descending = false } = page
    const source = this.#sourceOf(match)
    const isWhole = source.covers === Object.keys(definedOnly(match)).length && source.index === undefined
    if (isWhole) return this.#table.all({ ...source.query, ...page })
    const rows = (await this.#table.all(source.query)).filter((row) => matches(row, match))
    rows.sort((one, other) => indexedDBOrder(this.#keyOf(one), this.#keyOf(other)) * (descending ? -1 : 1))
    return rows.slice(offset, limit === undefined ? undefined : offset + limit)
  }

  async count(match: Match<Row>): Promise<number> {
    const { query, index, covers } = this.#sourceOf(match)
    if (covers === Object.keys(definedOnly(match)).length) return this.#table.count(index, query.range)
    return (await this.#table.all(query)).filter((row) => matches(row, match)).length
  }

  insert(row: NewEntity<Row, Generated>): Promise<Row> {
    return this.#table.insert(row as unknown as Partial<Row>)
  }

  async insertIfAbsent(row: NewEntity<Row, Generated>): Promise<{ readonly row: Row; readonly inserted: boolean }> {
    const stored = await this.#findSame(row as unknown as Partial<Row>)
    if (stored !== undefined) return { row: stored, inserted: false }
    return { row: await this.insert(row), inserted: true }
  }

  async update(key: KeyOf<Row, Key>, changes: Partial<Omit<Row, Key | 'createdAt'>>): Promise<boolean> {
    const row = await this.get(key)
    if (row === undefined) return false
    await this.#table.change(row, { ...this.#touched(), ...changes })
    return true
  }

  async delete(key: KeyOf<Row, Key>): Promise<boolean> {
    if ((await this.get(key)) === undefined) return false
    await this.#table.delete(this.#keyOf(key))
    return true
  }

  #touched(): Partial<Row> {
    return this.#table.mapping.hasField('updatedAt')
      ? ({ updatedAt: this.#table.now() } as unknown as Partial<Row>)
      : {}
  }

  /** The stored row that has the same value in one of the unique keys. */
  async #findSame(row: Partial<Row>): Promise<Row | undefined> {
    const { keyPath, indexes } = this.#definition
    const uniqueKeys = [{ keyPath, name: undefined }, ...indexes.filter(({ unique }) => unique === true)]
    for (const unique of uniqueKeys) {
      const values = pathsOf(unique.keyPath).map((path) => row[path as keyof Row])
      if (values.includes(undefined)) continue
      const key = (typeof unique.keyPath === 'string' ? values[0] : values) as IDBValidKey
      const same = await this.#table.get(key, unique.name)
      if (same !== undefined) return same
    }
    return undefined
  }

  /** The narrowest way to the rows that match: the key, or an index whose fields are all asked for by one value each. */
  #sourceOf(match: Match<Row>): { readonly query: RecordQuery; readonly index: string | undefined; covers: number } {
    const single = (path: string): unknown => {
      const value: unknown = match[path as keyof Row]
      return value === undefined || value === null || Array.isArray(value) || typeof value === 'boolean'
        ? undefined
        : value
    }
    const ways: { readonly name?: string; readonly keyPath: IndexDefinition['keyPath'] }[] = [
      { keyPath: this.#definition.keyPath },
      ...this.#definition.indexes,
    ]
    let best: { readonly query: RecordQuery; readonly index: string | undefined; covers: number } = {
      query: {},
      index: undefined,
      covers: 0,
    }
    for (const { name, keyPath } of ways) {
      const values = pathsOf(keyPath).map(single)
      if (values.includes(undefined) || values.length <= best.covers) continue
      const range = (typeof keyPath === 'string' ? values[0] : values) as IDBValidKey
      best = { query: { range, ...(name !== undefined && { index: name }) }, index: name, covers: values.length }
    }
    return best
  }

  #keyOf(row: KeyOf<Row, Key>): IDBValidKey {
    const values = this.#key.map((name) => row[name]) as unknown as IDBValidKey[]
    return values.length === 1 ? (values[0] as IDBValidKey) : values
  }
}

function definitionOf(name: string): ObjectStoreDefinition {
  const definition = OBJECT_STORES.find((store) => store.name === name)
  if (definition === undefined) throw new Error(`There is no object store ${name}.`)
  return definition
}

function pathsOf(keyPath: IndexDefinition['keyPath']): readonly string[] {
  return typeof keyPath === 'string' ? [keyPath] : keyPath
}

/** The order of keys, parts first to last. */
function indexedDBOrder(one: IDBValidKey, other: IDBValidKey): number {
  return indexedDB.cmp(one, other)
}

function definedOnly(match: object): object {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined))
}
