import type { SqlSession } from '../sql-session.js'

/** A column of a legacy table whose values a pass walks along. */
interface Walk {
  readonly table: string
  readonly column: string
}

/** Finds the ranges of a walk: by counting keys, or by their numbers alone where none is missing between the first and the last. */
export class KeyRanges {
  readonly #session: SqlSession
  #gapless: Walk | undefined

  constructor(session: SqlSession) {
    this.#session = session
  }

  /** How many keys there are, about. */
  async count(walk: Walk): Promise<number> {
    const { table, column } = walk
    const row = await this.#session.get<{ n: number; width: number | null }>(
      `select (select count(*) from ${table}) as n, (select max("${column}") from ${table}) - (select min("${column}") from ${table}) + 1 as width`,
    )
    this.#gapless = row !== undefined && row.n === row.width ? walk : undefined
    return row?.n ?? 0
  }

  /**
   * The range of at most `size` keys above one, its last key and how many there are; fewer than `size` only when none lies above. A
   * range whose keys the application deleted after `count` has fewer than it says.
   */
  async above(
    walk: Walk,
    after: number,
    size: number,
  ): Promise<{ readonly upTo: number; readonly keys: number } | undefined> {
    return walk === this.#gapless ? await this.#byNumber(walk, after, size) : await this.#byCounting(walk, after, size)
  }

  async #byNumber(
    { table, column }: Walk,
    after: number,
    size: number,
  ): Promise<{ upTo: number; keys: number } | undefined> {
    const row = await this.#session.get<{ first: number | null; last: number | null }>(
      `select (select min("${column}") from ${table} where "${column}" > ?) as "first", (select max("${column}") from ${table}) as "last"`,
      [after],
    )
    if (row === undefined || row.first === null || row.last === null) return undefined
    const upTo = Math.min(row.first + size - 1, row.last)
    return { upTo, keys: upTo - row.first + 1 }
  }

  async #byCounting(
    { table, column }: Walk,
    after: number,
    size: number,
  ): Promise<{ upTo: number; keys: number } | undefined> {
    const row = await this.#session.get<{ upTo: number | null; keys: number }>(
      `select max(x.id) as "upTo", count(*) as keys from (select "${column}" as id from ${table} where "${column}" > ? order by 1 limit ?) x`,
      [after, size],
    )
    return row === undefined || row.upTo === null ? undefined : { upTo: row.upTo, keys: row.keys }
  }
}
