import { expect, it } from 'vitest'
import * as fsm from './index.js'

it('the public names of the package are these', () => {
  expect(Object.keys(fsm).sort()).toMatchInlineSnapshot(`
    [
      "ACCEPTED_STATUSES",
      "BACKOFF_MAX_MS",
      "BACKOFF_MIN_MS",
      "LEGACY_PAIR_COLUMNS",
      "LEGACY_PAIR_TABLE",
      "MOST_ADVANCED_FIRST",
      "PROCESSING_STATUSES",
      "PROOF_TRANSITIONS",
      "TERMINAL_STATUSES",
      "TRANSITIONS",
      "UNKNOWN_LEGACY_STATUS",
      "assertTransition",
      "backoffMs",
      "broadcastVerdict",
      "canTransition",
      "combineLegacyUsers",
      "enumerateLegacyPairs",
      "isLegacyRequestStatus",
      "isLegacyTransactionStatus",
      "isSpendableStatus",
      "isTerminal",
      "legacyToProcessing",
      "mostAdvanced",
      "nextStatuses",
      "processingToLegacy",
      "provenStatus",
      "requestToProcessing",
      "toMermaid",
      "transactionToProcessing",
    ]
  `)
})
