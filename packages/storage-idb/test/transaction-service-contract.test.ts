import 'fake-indexeddb/auto'
import { transactionServiceContract } from '@txkeep/testkit'
import { describe, test } from 'vitest'
import { makeStore } from './support/make-store.js'

describe('the transaction service contract on fake-indexeddb', () => {
  for (const contractCase of transactionServiceContract) {
    test(contractCase.name, (context) => contractCase.run(makeStore, context))
  }
})
