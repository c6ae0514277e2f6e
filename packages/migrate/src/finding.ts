/** Something the legacy data holds that the new schema cannot hold as it is, and what was done about it. */
export interface Finding {
  /** The class of anomaly, e.g. `duplicate-action`. The classes and their repairs are in docs/findings.md. */
  readonly class: string
  readonly table: string
  readonly key1: string
  readonly key2: string | null
  /** What was done, in words. */
  readonly action: string
  /** The original values as JSON text, or null. */
  readonly original: string | null
}

/** How often each class of finding occurs, with a few examples. */
export interface FindingSummary {
  readonly class: string
  readonly count: number
  readonly examples: readonly Finding[]
}
