import { testEngines } from '@txkeep/test-engines'
import { storeContract } from '@txkeep/testkit'
import { describe, expect, test } from 'vitest'

import { damaged } from './faults/faulty-store.js'
import { otherFaults } from './faults/other-faults.js'
import { outputFaults } from './faults/output-faults.js'
import { transactionFaults } from './faults/transaction-faults.js'
import { unitFaults } from './faults/unit-faults.js'
import { storeMaker } from './make-store.js'

const { SQLite } = await testEngines()

const cases = new Map(storeContract.map((contractCase) => [contractCase.name, contractCase]))

describe('a store is not let through when', () => {
  const makeStore = storeMaker(SQLite)

  test.each([...unitFaults, ...transactionFaults, ...outputFaults, ...otherFaults])(
    '$title',
    async ({ caughtBy, damage, failsWith = 'AssertionError' }) => {
      const contractCase = cases.get(caughtBy)
      if (contractCase === undefined) throw new Error(`The contract has no case "${caughtBy}".`)
      const run = contractCase.run(damaged(makeStore, damage))
      await expect(run).rejects.toMatchObject({ name: failsWith })
    },
  )
})
