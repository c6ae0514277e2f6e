import type { SqlSession } from '../sql-session.js'

/**
 * What holds of all legacy rows at once, each found by one query and remembered until somebody writes to them. Capture tells of every
 * write, so whoever follows one calls `forget`.
 */
export class LegacyFacts {
  readonly #known: Map<string, boolean> = new Map()

  /** Whether `sql` finds a row. */
  async finds(session: SqlSession, sql: string): Promise<boolean> {
    const known = this.#known.get(sql)
    if (known !== undefined) return known
    const found = (await session.get(sql)) !== undefined
    this.#known.set(sql, found)
    return found
  }

  forget(): void {
    this.#known.clear()
  }
}
