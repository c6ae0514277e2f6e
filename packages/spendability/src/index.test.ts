import { expect, it } from 'vitest'
import * as spendability from './index.js'

it('the public names of the package are these', () => {
  expect(Object.keys(spendability).sort()).toMatchInlineSnapshot(`
    [
      "PENDING_STATUSES",
      "SPENDABLE_STATUSES",
      "SPENT_LOOKUPS_APART_MS",
      "coinbaseMaturesAt",
      "isCoinbaseRawTx",
      "isOutputPending",
      "isOutputSpendable",
      "isUsable",
      "mayReleaseInput",
      "utxoVerdict",
    ]
  `)
})
