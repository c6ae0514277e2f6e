import { publicSurface } from '@txkeep/tooling/exports'
import { expect, it } from 'vitest'

it('the public surface changes only on purpose', () => {
  expect(publicSurface('.')).toMatchInlineSnapshot(`
    {
      ".": [
        "PENDING_STATUSES",
        "SPENDABLE_STATUSES",
        "SPENT_LOOKUPS_APART_MS",
        "coinbaseMaturesAt",
        "isCoinbaseRawTx",
        "isOutputPending",
        "isOutputSpendable",
        "isUsable",
        "mayReleaseInput",
        "type HasLength",
        "type HeldInput",
        "type OutputFacts",
        "type ReleaseDecision",
        "type TipFacts",
        "type TransactionFacts",
        "type UsePurpose",
        "type UtxoLookup",
        "utxoVerdict",
      ],
    }
  `)
})
