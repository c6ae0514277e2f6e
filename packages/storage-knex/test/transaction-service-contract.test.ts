import { transactionServiceContract } from '@txkeep/testkit'
import { describe, test } from 'vitest'

import { makeFileStore, makeMemoryStore } from './make-sqlite-store.js'

const engines = { 'a file': makeFileStore, memory: makeMemoryStore }

for (const [name, makeStore] of Object.entries(engines)) {
  describe(`the transaction service contract on SQLite in ${name}`, () => {
    for (const contractCase of transactionServiceContract) {
      test(contractCase.name, (context) => contractCase.run(makeStore, context))
    }
  })
}
