import type { OutputWriter, Store, StoreWriter } from '@txkeep/core'
import { expect, it } from 'vitest'
import { createProvider } from '../src/index.js'
import { openWorld, validPayment } from './support/open-wallet.js'

it('a coin lost to another process between the look and the claim is looked for again, from the beginning', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(2000, 2000)
  const store = losingClaims(world.store, 2)
  const provider = createProvider({ store, services: world.services })
  await provider.makeAvailable()
  const { reference } = await provider.createAction(alice.auth, validPayment(1000))
  const { rows } = await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))
  expect(rows.filter(({ transactionId }) => transactionId === null)).toMatchObject([{ reference }])
  expect((await alice.outputs()).filter((output) => output.spentByActionId !== null)).toHaveLength(1)
})

it('who loses every time is told so, with nothing locked and no draft left', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(2000)
  const provider = createProvider({ store: losingClaims(world.store, Infinity), services: world.services })
  await provider.makeAvailable()
  const before = await alice.outputs()
  await expect(provider.createAction(alice.auth, validPayment(1000))).rejects.toMatchObject({
    name: 'WERR_INVALID_OPERATION',
  })
  expect(await alice.outputs()).toEqual(before)
  expect(await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))).toMatchObject({
    total: 1,
  })
})

/** The same store, whose first claims find that somebody else was faster. */
function losingClaims(store: Store, count: number): Store {
  let left = count
  const outputsOf = (outputs: OutputWriter): OutputWriter =>
    overriding(outputs, {
      claim: (claim) => (left-- > 0 ? Promise.resolve([]) : outputs.claim(claim)),
    })
  return {
    engineName: store.engineName,
    read: (work) => store.read(work),
    write: (work, options) =>
      store.write((tx: StoreWriter) => work(overriding(tx, { outputs: outputsOf(tx.outputs) })), options),
    close: () => store.close(),
  }
}

/** `target` with some of its members replaced; its methods keep their own `this`. */
function overriding<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(members, name) ? members : target, name)
      return typeof value === 'function' && !Object.hasOwn(members, name) ? value.bind(target) : value
    },
  })
}
