import { expect, it } from 'vitest'
import type { MakeStore } from '../contract-case.js'
import { CaseSkippedError } from '../case-skipped-error.js'
import { defineTwoStoreCase } from '../define-case.js'
import { storeContract } from './store-contract.js'

it('every case has a name of its own', () => {
  const names = storeContract.map((claim) => claim.name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

it('a case that needs a second connection says so when there is none, and never passes', async () => {
  const makeStore = (() =>
    Promise.resolve({ store: undefined, close: () => Promise.resolve() })) as unknown as MakeStore
  const claim = defineTwoStoreCase('needs two', () => Promise.reject(new Error('must not run')))
  const reasons: string[] = []
  const run = claim.run(makeStore, { skip: (reason) => reasons.push(reason) })
  await expect(run).rejects.toThrow(CaseSkippedError)
  expect(reasons).toEqual(['this engine offers no second connection to the same database'])
})
