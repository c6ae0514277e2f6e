import { describeOnEngines } from '@txkeep/test-engines'
import { transactionServiceContract, type MakeStore } from '@txkeep/testkit'
import { describe, test } from 'vitest'

import { makeMemoryStore } from './make-memory-store.js'
import { storeMaker } from './make-store.js'

await describeOnEngines('the transaction service contract', (engine) => contract(storeMaker(engine)))

describe('the transaction service contract on SQLite in memory', () => contract(makeMemoryStore))

function contract(makeStore: MakeStore): void {
  for (const contractCase of transactionServiceContract) {
    test(contractCase.name, (context) => contractCase.run(makeStore, context))
  }
}
