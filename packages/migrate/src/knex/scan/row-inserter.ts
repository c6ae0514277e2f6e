import type { SqlBinding, SqlSession } from '../sql-session.js'

/** Inserts rows in their order, many at a time: a statement per row costs more than the row. Until `flush` the last ones wait. */
export class RowInserter {
  readonly #session: SqlSession
  readonly #into: string
  readonly #row: string
  readonly #many: string
  readonly #width: number
  readonly #rows: number
  readonly #restTogether: boolean
  #pending: SqlBinding[] = []

  constructor(session: SqlSession, table: string, columns: readonly string[]) {
    this.#session = session
    this.#width = columns.length
    this.#row = `(${columns.map(() => '?').join(', ')})`
    this.#into = `insert into ${table} (${columns.join(', ')}) values `
    const { rows, restTogether } = session.dialect.insertedAtOnce
    this.#rows = rows
    this.#restTogether = restTogether
    this.#many = this.#statement(rows)
  }

  /** Rows pile up until `makeRoom`. */
  add(...row: readonly SqlBinding[]): void {
    for (const value of row) this.#pending.push(value)
  }

  /** Writes all but less than a statement's worth. */
  async makeRoom(): Promise<void> {
    const size = this.#rows * this.#width
    let from = 0
    for (; from + size <= this.#pending.length; from += size)
      await this.#session.run(this.#many, this.#pending.slice(from, from + size))
    if (from > 0) this.#pending = this.#pending.slice(from)
  }

  async flush(): Promise<void> {
    await this.makeRoom()
    const rest = this.#pending
    this.#pending = []
    if (this.#restTogether && rest.length > 0) {
      await this.#session.run(this.#statement(rest.length / this.#width), rest)
      return
    }
    for (let from = 0; from < rest.length; from += this.#width)
      await this.#session.run(this.#statement(1), rest.slice(from, from + this.#width))
  }

  #statement(rows: number): string {
    return this.#into + Array.from({ length: rows }, () => this.#row).join(', ')
  }
}
