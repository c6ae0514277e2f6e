import { openStore } from '@txkeep/storage-knex'
import { describeOnEngines, type TestEngine } from '@txkeep/test-engines'
import { expect, onTestFinished, test } from 'vitest'
import { createProvider, type TxkeepStorageProvider } from '../src/index.js'
import { openWorld, validPayment, type TestWallet, type World } from './support/open-wallet.js'

await describeOnEngines(
  'coins that another unit of work holds',
  (engine) => {
    test('are left to it: the action is paid with others, and nobody waits', async () => {
      const { world, alice, hold } = await openShop(engine, [2000, 3000, 4000])
      const [first, second, third] = await alice.outputs()
      const { inputs } = await hold([first!.outputId, second!.outputId], () =>
        world.provider.createAction(alice.auth, validPayment(1000)),
      )
      expect(inputs).toMatchObject([{ sourceVout: third!.vout, sourceSatoshis: 4000 }])
    })

    test('pay after all, once it lets them go and no other would', async () => {
      const { world, alice, hold } = await openShop(engine, [600, 600])
      const [first] = await alice.outputs()
      let creating: Promise<unknown> = Promise.resolve()
      await hold([first!.outputId], async () => {
        creating = world.provider.createAction(alice.auth, validPayment(1000))
        await expectWaiting(creating)
      })
      expect(await creating).toMatchObject({ inputs: [{}, {}] })
    })

    test('are missing once it took them, and then the funds are insufficient', async () => {
      const { world, alice, hold } = await openShop(engine, [600, 600])
      const [first] = await alice.outputs()
      let creating: Promise<unknown> = Promise.resolve()
      await hold([first!.outputId], async (take) => {
        creating = world.provider.createAction(alice.auth, validPayment(1000))
        await expectWaiting(creating)
        await take()
      })
      await expect(creating).rejects.toMatchObject({ name: 'WERR_INSUFFICIENT_FUNDS' })
      expect((await alice.outputs()).filter((output) => output.spentByActionId !== null)).toHaveLength(1)
    })

    test('are waited for no longer than the store may, and the caller hears why', async () => {
      const { alice, impatient, hold } = await openShop(engine, [600, 600])
      const [first] = await alice.outputs()
      await hold([first!.outputId], () =>
        expect(impatient.createAction(alice.auth, validPayment(1000))).rejects.toMatchObject({ code: 'STORE_BUSY' }),
      )
      expect(await impatient.createAction(alice.auth, validPayment(1000))).toMatchObject({ inputs: [{}, {}] })
    })
  },
  ['Postgres', 'MySQL'],
)

interface Shop {
  readonly world: World
  readonly alice: TestWallet
  /** Another provider on the same database, whose store gives up a lock after a moment. */
  readonly impatient: TxkeepStorageProvider
  /** The result of `work`, done while a unit of work of another process holds these coins. */
  hold<T>(outputIds: readonly number[], work: (take: () => Promise<void>) => Promise<T>): Promise<T>
}

/** A wallet with these coins on a database of its own. */
async function openShop(engine: TestEngine, coins: readonly number[]): Promise<Shop> {
  const database = await engine.makeDatabase()
  onTestFinished(() => database.drop())
  const world = await openWorld({}, undefined, database)
  const alice = await world.newWallet()
  await alice.fund(...coins)
  const holder = await openStore(database.url)
  const busy = await openStore(database.url, { busyTimeoutMs: 100, busyRetryMs: 100 })
  onTestFinished(async () => {
    await holder.close()
    await busy.close()
  })
  const impatient = createProvider({ store: busy, services: world.services })
  await impatient.makeAvailable()
  return {
    world,
    alice,
    impatient,
    hold: (outputIds, work) =>
      holder.write(async (tx) => {
        await tx.outputs.lockFree({ outputIds })
        return work(async () => {
          const { actionId } = await tx.actions.insert({ userId: alice.userId, reference: 'the other process' })
          await tx.outputs.claim({ outputIds, actionId })
        })
      }),
  }
}

/** Fails when `creating` ends although it should wait; a hurried machine makes this pass too early, never fail. */
async function expectWaiting(creating: Promise<unknown>): Promise<void> {
  const ended = creating.then(
    () => 'ended',
    () => 'ended',
  )
  const pause = new Promise((resolve) => setTimeout(resolve, 300, 'waits'))
  expect(await Promise.race([ended, pause])).toBe('waits')
}
