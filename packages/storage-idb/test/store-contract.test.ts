import 'fake-indexeddb/auto'
import { storeContract } from '@txkeep/testkit'
import { describe, test } from 'vitest'
import { makeStore } from './support/make-store.js'

describe('the store contract on fake-indexeddb', () => {
  for (const contractCase of storeContract) {
    test(contractCase.name, (context) => contractCase.run(makeStore, context))
  }
})
