/** One thing that was compared: `expected` and `actual` are small enough to print. */
export interface CheckResult {
  /** Stable id to branch on, e.g. `rows.outputs` or `coins.spendable-set`. */
  readonly id: string
  readonly ok: boolean
  readonly expected: string | number
  readonly actual: string | number
  /** What the check says in words, with the first differing keys when it failed. */
  readonly detail?: string
  /** The first differences, at most 20, by key. */
  readonly differences?: readonly Difference[]
}

/** One row that is not as it should be. Script bytes and keys of wallets never appear. */
export interface Difference {
  readonly table: string
  readonly key: string
  readonly column?: string
  readonly expected?: string
  readonly actual?: string
}
