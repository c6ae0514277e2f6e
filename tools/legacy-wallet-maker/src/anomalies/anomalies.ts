import type { Anomaly } from './anomaly.js'
import { BYTES } from './bytes.js'
import { DUPLICATES } from './duplicates.js'
import { ORPHANS } from './orphans.js'
import { STATUSES } from './statuses.js'
import { TXIDS } from './txids.js'
import { VALUES } from './values.js'

/** Every kind of damage the maker can do to a legacy database. */
export const ANOMALIES: readonly Anomaly[] = [...DUPLICATES, ...TXIDS, ...ORPHANS, ...STATUSES, ...BYTES, ...VALUES]
