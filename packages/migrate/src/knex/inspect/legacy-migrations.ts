/**
 * The migrations of the legacy schema, oldest first, as its `knex_migrations` table names them. A database that has them all
 * is of version 2.1.26; one that lacks the newest is older and takes the columns' defaults.
 */
export const LEGACY_MIGRATIONS = [
  '2024-12-26-001 initial migration',
  '2025-01-21-001 add activeStorage to users',
  '2025-02-22-001 nonNULL activeStorage',
  '2025-02-28-001 derivations to 200',
  '2025-03-01-001 reset req history',
  '2025-03-03-001 descriptions to 2000',
  '2025-05-13-001 add monitor events event index',
  '2025-09-06-001 add proven txs blockHash index',
  '2025-10-13-001 add outputs spendable index',
  '2025-10-18-001 add transactions txid index',
  '2025-10-18-002 add proven_tx_reqs txid index',
  '2026-02-27-001 add listOutputs path indexes',
  '2026-02-27-002 add createAction path indexes',
  '2026-04-30-001 add wasBroadcast and rebroadcastAttempts to proven_tx_reqs',
] as const
