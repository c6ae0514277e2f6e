import { afterAll, beforeAll, expect, it } from 'vitest'
import { TxkeepStorageProvider } from '../src/index.js'
import { PROVIDER_CALLS, callProvider } from './support/provider-calls.js'
import { openRichWorld, type RichWorld } from './support/rich-world.js'

let rich: RichWorld
beforeAll(async () => {
  rich = await openRichWorld()
})
afterAll(() => rich.close())

it('every method of the provider is walked', () => {
  const methods = Object.getOwnPropertyNames(TxkeepStorageProvider.prototype).filter((name) => name !== 'constructor')
  expect([...new Set(PROVIDER_CALLS.map(({ method }) => method))].sort()).toEqual(methods.sort())
})

it.each(PROVIDER_CALLS)('$method ($title) is a call its user can make', async ({ method, args }) => {
  const { provider, close } = await rich.fork()
  await callProvider(provider, method, args(rich.alice, rich))
  await close()
})
