/** What a backfill made. Source: docs/spec/migration.md §8. */
export interface MigrationStats {
  readonly requests: number
  readonly proofs: number
  readonly transactions: number
  readonly actions: number
  readonly drafts: number
  readonly outputs: number
  readonly labels: number
  readonly findings: number
}
