import type { RecordMapping, StoredRecord } from './records/record-mapping.js'
import type { UnitOfWork } from './unit-of-work.js'

/** Which records, and in which order: those whose key, or whose fields of `index`, lie in `range`. */
export interface RecordQuery {
  readonly index?: string
  readonly range?: IDBKeyRange | IDBValidKey
  readonly descending?: boolean
  /** Left out of the records before `limit` counts. */
  readonly offset?: number
  readonly limit?: number
}

/** How many requests are under way at once, so that long lists of keys hold bounded memory. */
const REQUESTS_AT_ONCE = 500
/** Records read at once where all are looked at one after the other. */
const PAGE = 500

/** The rows of one object store inside a unit of work: requests and nothing else. */
export class RecordTable<Row extends object> {
  readonly #unit: UnitOfWork
  readonly #mapping: RecordMapping<Row>

  constructor(unit: UnitOfWork, mapping: RecordMapping<Row>) {
    this.#unit = unit
    this.#mapping = mapping
  }

  get mapping(): RecordMapping<Row> {
    return this.#mapping
  }

  /** What rows written now are stamped with. */
  now(): Date {
    return this.#unit.now()
  }

  async get(key: IDBValidKey, index?: string): Promise<Row | undefined> {
    const record = await this.#unit.read(this.#mapping.store, (store): Promise<unknown> =>
      index === undefined ? store.get(key) : store.index(index).get(key),
    )
    return record === undefined ? undefined : this.#decode(record)
  }

  async all(query: RecordQuery = {}): Promise<Row[]> {
    const { range, index, limit, offset = 0, descending = false } = query
    if (limit !== undefined && limit <= 0) return []
    if (offset > 0 || descending) return this.#walk(query)
    const records = await this.#unit.read(this.#mapping.store, (store): Promise<unknown[]> =>
      (index === undefined ? store : store.index(index)).getAll(range ?? null, limit),
    )
    return records.map((record) => this.#decode(record))
  }

  /** The rows with these keys, or with one of these values in `index`; each key counts once. In no order. */
  async many(keys: readonly IDBValidKey[], index?: string): Promise<Row[]> {
    const unique = [...new Set(keys)]
    const found = await this.#inBatches(unique, (key) => this.all({ range: key, ...(index && { index }) }))
    return found.flat()
  }

  /** All rows of an object store in order of a numeric key, without holding more than a page of them. */
  async *pages(): AsyncGenerator<Row[]> {
    let last: IDBValidKey | undefined
    for (;;) {
      const rows = await this.all({
        limit: PAGE,
        ...(last !== undefined && { range: IDBKeyRange.lowerBound(last, true) }),
      })
      if (rows.length === 0) return
      yield rows
      last = (rows.at(-1) as StoredRecord)[this.#mapping.key] as IDBValidKey
    }
  }

  /** Keys of the records, without reading these. */
  keys(index: string, range: IDBKeyRange | IDBValidKey, limit?: number): Promise<IDBValidKey[]> {
    return this.#unit.read(this.#mapping.store, (store) => store.index(index).getAllKeys(range, limit))
  }

  /** The fields an index holds, record after record, without reading these. */
  async indexed(index: string, range: IDBKeyRange): Promise<IDBValidKey[][]> {
    return this.#unit.read(this.#mapping.store, async (store) => {
      const fields: IDBValidKey[][] = []
      let cursor = await store.index(index).openKeyCursor(range)
      while (cursor !== null) {
        fields.push(cursor.key as IDBValidKey[])
        cursor = await cursor.continue()
      }
      return fields
    })
  }

  count(index?: string, range?: IDBKeyRange | IDBValidKey): Promise<number> {
    return this.#unit.read(this.#mapping.store, (store) =>
      (index === undefined ? store : store.index(index)).count(range ?? null),
    )
  }

  /** The row as it is stored now, with the key the engine gave it. @throws {UniqueViolationError} if a unique key is taken. */
  async insert(given: Partial<Row>): Promise<Row> {
    const record = this.#encode(this.#mapping.newRow(given, this.#unit.now()))
    const key = await this.#unit.write(this.#mapping.store, (store) => store.add(record))
    const hasKey = this.#mapping.key in record
    return this.#mapping.decode(hasKey ? record : { ...record, [this.#mapping.key]: key })
  }

  /** `row` with these changes, stored. @throws {UniqueViolationError} if a unique key is taken. */
  async change(row: Row, changes: Partial<Row>): Promise<Row> {
    const record = this.#encode(this.#mapping.changedRow(row, changes))
    await this.#unit.write(this.#mapping.store, (store) => store.put(record))
    return this.#mapping.decode(record)
  }

  async changeMany(rows: readonly Row[], changesOf: (row: Row) => Partial<Row>): Promise<Row[]> {
    return this.#inBatches(rows, (row) => this.change(row, changesOf(row)))
  }

  /** Refuses values that may not be stored, as a change would. @throws {InvalidParameterError} */
  check(changes: Partial<Row>): void {
    this.#encode(changes as Row)
  }

  /** Puts the whole row in place of the one with its key, if there is one. */
  async put(row: Row): Promise<void> {
    const record = this.#encode(row)
    await this.#unit.write(this.#mapping.store, (store) => store.put(record))
  }

  async delete(key: IDBValidKey): Promise<void> {
    await this.#unit.write(this.#mapping.store, (store) => store.delete(key))
  }

  async #walk({ index, range, descending = false, offset = 0, limit = Infinity }: RecordQuery): Promise<Row[]> {
    return this.#unit.read(this.#mapping.store, async (store) => {
      const rows: Row[] = []
      const source = index === undefined ? store : store.index(index)
      let cursor = await source.openCursor(range ?? null, descending ? 'prev' : 'next')
      if (offset > 0) cursor = (await cursor?.advance(offset)) ?? null
      while (cursor !== null) {
        rows.push(this.#decode(cursor.value))
        if (rows.length >= limit) break
        cursor = await cursor.continue()
      }
      return rows
    })
  }

  async #inBatches<In, Out>(items: readonly In[], ask: (item: In) => Promise<Out>): Promise<Out[]> {
    const answers: Out[] = []
    for (let start = 0; start < items.length; start += REQUESTS_AT_ONCE) {
      answers.push(...(await Promise.all(items.slice(start, start + REQUESTS_AT_ONCE).map(ask))))
    }
    return answers
  }

  #encode(row: Row): StoredRecord {
    try {
      return this.#mapping.encode(row)
    } catch (error) {
      throw this.#unit.refuse(error)
    }
  }

  #decode(record: unknown): Row {
    return this.#mapping.decode(record as StoredRecord)
  }
}
