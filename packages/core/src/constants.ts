/** Blocks a coinbase output waits: it may be spent from block `height + 100` on (the network's consensus rule). */
export const COINBASE_MATURITY_BLOCKS = 100

/** Blocks on top of a transaction's own block that make it `confirmed`. Source: docs/spec/lifecycle.md §1. */
export const MIN_CONFIRMATION_DEPTH = 1

/** The largest amount the network can hold: 21 million coins of 100 million satoshis. A double holds it exactly. */
export const MAX_SATOSHIS = 2_100_000_000_000_000

/** The version of the database schema this build reads and writes; storage compares it on open. */
export const SCHEMA_VERSION = 1

/** How long a task's lease lasts without renewal. Source: docs/spec/monitor.md §3.6. */
export const LEASE_TTL_MS = 30_000
