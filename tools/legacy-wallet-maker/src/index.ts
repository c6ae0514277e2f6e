/** Making legacy wallets: with the published toolbox, action by action. */
export { makeLegacyWallet } from './make-legacy-wallet.js'
export type { MadeLegacyWallet, MadeUser, MakeLegacyWalletOptions } from './make-legacy-wallet.js'
export { ACTION_KINDS, DEFAULT_MIX } from './actions/action-kinds.js'
export type { ActionKind, ActionMix } from './actions/action-kinds.js'
export { EVERY_PAIR, REQUEST_STATUSES, TRANSACTION_STATUSES, UNREACHABLE_PAIRS } from './legacy-statuses.js'
export type { RequestStatus, StatusPair, TransactionStatus } from './legacy-statuses.js'
export type { LegacyCommission } from './legacy-store.js'
export { summarize } from './summarize.js'
export type { LegacySummary } from './summarize.js'

/** Opening one again, and writing to it while something else happens. */
export { openLegacyWallet } from './open-legacy-wallet.js'
export type { OpenLegacyWallet, OpenLegacyWalletOptions } from './open-legacy-wallet.js'
export { writeUntilStopped } from './write-until-stopped.js'
export type { WriteRecord, WriteUntilStoppedOptions } from './write-until-stopped.js'
export type { LegacyUser } from './legacy-user.js'

/** Big databases for benchmarks, in little time. */
export { makeBulkLegacyDatabase } from './make-bulk-legacy-database.js'
export type { MadeBulkLegacyDatabase, MakeBulkLegacyDatabaseOptions } from './make-bulk-legacy-database.js'

/** Damage that real databases show, and older schemas. */
export { ANOMALIES } from './anomalies/anomalies.js'
export { addAnomalies } from './anomalies/add-anomalies.js'
export type { AddedAnomaly } from './anomalies/add-anomalies.js'
export type { Anomaly, TouchedKey } from './anomalies/anomaly.js'
export { LEGACY_MIGRATIONS, downgradeLegacySchema } from './downgrade-legacy-schema.js'
export type { LegacyMigration } from './downgrade-legacy-schema.js'

/** The same wallet on a server. */
export { copyLegacyDatabase } from './copy/copy-legacy-database.js'
export { openLegacyServer } from './copy/legacy-server.js'
export type { CopyLegacyDatabaseOptions } from './copy/copy-legacy-database.js'

/** The network of a legacy wallet and somebody who pays, for tests of other storages. */
export { Faucet } from './faucet.js'
export type { Payment, PaymentRequest } from './faucet.js'
export { FaultyServices } from './faulty-services.js'
export type { NetworkMood } from './faulty-services.js'
export { openChain, openLegacyStore } from './legacy-store.js'
export { seededRandom } from './seeded-random.js'
