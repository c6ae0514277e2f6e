import {
  LEGACY_REQUEST_STATUSES,
  LEGACY_TRANSACTION_STATUSES,
  type LegacyRequestStatus,
  type LegacyTransactionStatus,
} from '@txkeep/core'
import { legacyToProcessing, type LegacyPairResult } from './legacy-to-processing.js'

/**
 * Stands for every status text that is in neither list. Not to be confused with the request status `unknown`, which is in
 * its list; no database holds this text by accident.
 */
export const UNKNOWN_LEGACY_STATUS = '(unknown text)'

/** One combination of everything the pair rule looks at, and what becomes of it. */
export interface EnumeratedLegacyPair extends LegacyPairResult {
  readonly transaction: LegacyTransactionStatus | typeof UNKNOWN_LEGACY_STATUS | null
  readonly request: LegacyRequestStatus | typeof UNKNOWN_LEGACY_STATUS | null
  readonly hasProof: boolean
  readonly wasBroadcast: boolean
  readonly hasRawTx: boolean
  readonly hasTxid: boolean
}

/**
 * Every combination the pair rule can meet, each once, so that SQL can join the rule as a table: map a status that is in
 * neither list to `UNKNOWN_LEGACY_STATUS`, an absent row to null, and every legacy row finds exactly one match.
 */
export function enumerateLegacyPairs(): EnumeratedLegacyPair[] {
  const bits = [false, true]
  const pairs: EnumeratedLegacyPair[] = []
  for (const transaction of [null, ...LEGACY_TRANSACTION_STATUSES, UNKNOWN_LEGACY_STATUS] as const)
    for (const request of [null, ...LEGACY_REQUEST_STATUSES, UNKNOWN_LEGACY_STATUS] as const)
      for (const hasProof of bits)
        for (const wasBroadcast of bits)
          for (const hasRawTx of bits)
            for (const hasTxid of bits) {
              const pair = { transaction, request, hasProof, wasBroadcast, hasRawTx, hasTxid }
              pairs.push({ ...pair, ...legacyToProcessing(pair) })
            }
  return pairs
}
