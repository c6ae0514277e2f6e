import type { SwappedTable } from '../verify/legacy-database.js'

/** What a move will take, and what the figure rests on. */
export interface MigrationEstimate {
  /** Rows our tables will hold. */
  readonly rows: number
  readonly durationMs: number
  /** Bytes the file grows by while both schemas stand side by side. */
  readonly extraBytes: number
  /** The figures the estimate is made with, in words. */
  readonly basis: string
}

/** New rows written per second, measured with SQLite on a 2-core machine with 100 000 transactions. Source: docs/spec/migration.md §9. */
const ROWS_PER_SECOND = 100_000

/** Verifying reads both sides again; measured at about half the time of the backfill. */
const VERIFY_SHARE = 0.5

/** Growth of the file while both schemas stand, as a share of its size. Source: docs/spec/migration.md §9. */
const GROWTH = 0.75

/** Space for the write-ahead log and the swap, whatever the size. */
const FIXED_BYTES = 64 * 1024 * 1024

/** Time and space a move of this size needs, on a disk that is not the bottleneck. */
export function estimateMigration(
  counts: Readonly<Record<SwappedTable, number>>,
  txids: number,
  sizeBytes: number,
): MigrationEstimate {
  const rows =
    txids +
    counts.transactions +
    counts.outputs +
    counts.commissions +
    counts.tx_labels_map +
    counts.output_tags_map +
    counts.proven_tx_reqs
  return {
    rows,
    durationMs: Math.max(1000, Math.ceil((rows / ROWS_PER_SECOND) * (1 + VERIFY_SHARE) * 1000)),
    extraBytes: Math.ceil(sizeBytes * GROWTH) + FIXED_BYTES,
    basis: `${ROWS_PER_SECOND} new rows per second, half as much again to verify, ${GROWTH * 100} % of the file plus 64 MiB of space`,
  }
}
