import type { Store, StoreReader, StoreWriter } from '@txkeep/core'
import { assert } from 'chai'
import { buildTransaction } from '../builders/build-transaction.js'
import { hashOf } from '../builders/hash-of.js'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { assertRefused, rejection } from './assertions.js'
import { holdOpen, overlap } from './overlap.js'

/** `Store` itself: what one unit of work promises. */
export const unitOfWorkCases: readonly ContractCase[] = [
  defineCase('a store names its engine, in what fits the settings', async (store) => {
    assert.match(store.engineName, /^[A-Za-z]{1,10}$/)
    const settings = { storageIdentityKey: '02ab', storageName: 'mine', chain: 'test', maxOutputScript: 1024 }
    const row = await store.write((tx) => tx.settings.insert({ ...settings, dbtype: store.engineName }))
    assert.strictEqual(row.dbtype, store.engineName)
  }),

  defineCase(
    'units of work: a write resolves with what its work returned, and a later read sees its rows',
    async (store) => {
      const answer = await store.write(async (tx) => {
        await insertEvent(tx, 'first')
        return { answer: 42 }
      })
      assert.deepEqual(answer, { answer: 42 })
      assert.deepEqual(await eventsOf(store), ['first'])
    },
  ),

  defineCase('units of work: a unit sees its own uncommitted rows', async (store) => {
    const seen = await store.write(async (tx) => {
      await insertEvent(tx, 'mine')
      return readEvents(tx)
    })
    assert.deepEqual(seen, ['mine'])
  }),

  defineCase(
    'units of work: a throw in the middle of a write leaves nothing behind and comes back as it was',
    async (store) => {
      const { userId } = await seedUser(store)
      const thrown = new Error('changed my mind')
      const caught = await rejection(
        store.write(async (tx) => {
          await insertEvent(tx, 'gone')
          await tx.actions.insert({ userId, reference: 'gone' })
          await tx.transactions.insertIfAbsent({ txid: hashOf('gone'), processing: 'queued' })
          await tx.chainTip.set({ height: 1, blockHash: null, merkleRoot: null })
          throw thrown
        }),
        'a write that throws',
      )
      assert.strictEqual(caught, thrown)
      await store.read(async (tx) => {
        assert.deepEqual(await readEvents(tx), [])
        assert.isUndefined(await tx.actions.findByReference(userId, 'gone'))
        assert.isUndefined(await tx.transactions.findByTxid(hashOf('gone')))
        assert.isUndefined(await tx.chainTip.get())
      })
    },
  ),

  defineCase('units of work: the store works on after a write that failed', async (store) => {
    await rejection(
      store.write(async (tx) => {
        await insertEvent(tx, 'gone')
        throw new Error('on purpose')
      }),
      'a write that throws',
    )
    await store.write((tx) => insertEvent(tx, 'kept'))
    assert.deepEqual(await eventsOf(store), ['kept'])
  }),

  defineCase('units of work: a unique violation is typed and rolls the whole write back', async (store) => {
    await store.write((tx) => tx.users.insert({ identityKey: 'taken', activeStorage: 's' }))
    await assertRefused(
      store.write(async (tx) => {
        await insertEvent(tx, 'gone')
        await tx.users.insert({ identityKey: 'taken', activeStorage: 's' })
      }),
      'UNIQUE_VIOLATION',
      'a second user with the same identity key',
    )
    assert.deepEqual(await eventsOf(store), [])
  }),

  defineCase(
    'units of work: a unique violation rolls the write back even if its work swallows the error',
    async (store) => {
      await store.write((tx) => tx.users.insert({ identityKey: 'taken', activeStorage: 's' }))
      await assertRefused(
        store.write(async (tx) => {
          await insertEvent(tx, 'gone')
          await tx.users.insert({ identityKey: 'taken', activeStorage: 's' }).catch(() => undefined)
          return 'as if nothing had happened'
        }),
        'UNIQUE_VIOLATION',
        'a write that swallowed a unique violation',
      )
      assert.deepEqual(await eventsOf(store), [])
    },
  ),

  defineCase(
    'units of work: a read resolves with what its work returned and rejects with what it threw',
    async (store) => {
      assert.strictEqual(await store.read(async (tx) => (await readEvents(tx)).length), 0)
      const thrown = new Error('not found where I looked')
      const caught = await rejection(
        store.read(async (tx) => {
          await readEvents(tx)
          throw thrown
        }),
        'a read that throws',
      )
      assert.strictEqual(caught, thrown)
    },
  ),

  defineCase('units of work: a read keeps its view while a write of the same store commits', async (store) => {
    await assertConsistentView(store, store)
  }),

  defineTwoStoreCase('units of work: a read keeps its view while another connection commits', assertConsistentView),

  defineTwoStoreCase('units of work: nobody sees half of a write', async (first, second) => {
    const [, seen] = await overlap(
      (reached) =>
        first.write(async (tx) => {
          await insertEvent(tx, 'one')
          reached()
          await holdOpen(tx)
          await insertEvent(tx, 'two')
        }),
      () => eventsOf(second),
    )
    assert.include([0, 2], seen.length, 'events seen while the write was open')
    assert.deepEqual(await eventsOf(second), ['one', 'two'])
  }),

  defineCase('units of work: parallel writes of one store all commit', async (store) => {
    const names = Array.from({ length: 12 }, (_, index) => `event ${index}`)
    await Promise.all(names.map((name) => store.write((tx) => insertEvent(tx, name))))
    assert.sameMembers(await eventsOf(store), names)
  }),

  defineTwoStoreCase(
    'units of work: two that lock the same rows in opposite order both commit',
    async (first, second) => {
      const { row: a } = await first.write((tx) => tx.transactions.insertIfAbsent(plain('a')))
      const { row: b } = await first.write((tx) => tx.transactions.insertIfAbsent(plain('b')))
      const bumpBoth = (store: Store, one: number, other: number, between: (tx: StoreWriter) => Promise<void>) =>
        store.write(async (tx) => {
          await tx.transactions.increment(one, 'attempts')
          await between(tx)
          await tx.transactions.increment(other, 'attempts')
        })
      await overlap(
        (reached) =>
          bumpBoth(first, a.transactionId, b.transactionId, async (tx) => {
            reached()
            await holdOpen(tx)
          }),
        () => bumpBoth(second, b.transactionId, a.transactionId, (tx) => holdOpen(tx, 5)),
      )
      const rows = await first.read((tx) => tx.transactions.findByIds([a.transactionId, b.transactionId]))
      assert.deepEqual(
        rows.map((row) => row.attempts),
        [2, 2],
      )
    },
  ),

  defineTwoStoreCase(
    'units of work: a read-modify-write on two connections never loses an update',
    async (first, second) => {
      const { userId } = await seedUser(first)
      const { action } = await seedAction(first, { userId, action: { satoshisDelta: 0 } })
      const add = (store: Store) =>
        store.write(async (tx) => {
          for (;;) {
            const row = await tx.actions.findById(action.actionId)
            if (row === undefined) throw new Error('the action is gone')
            const changes = { satoshisDelta: row.satoshisDelta + 1 }
            if ((await tx.actions.update(row.actionId, changes, row.rowVersion)) !== undefined) return
          }
        })
      await Promise.all([first, second, first, second, first, second].map(add))
      const row = await first.read((tx) => tx.actions.findById(action.actionId))
      assert.strictEqual(row?.satoshisDelta, 6)
    },
  ),

  defineCase('units of work: closing twice is fine, and any other call after it is an error', async (store) => {
    await store.close()
    await store.close()
    await rejection(store.read(readEvents), 'a read after close')
    await rejection(
      store.write((tx) => insertEvent(tx, 'late')),
      'a write after close',
    )
  }),
]

async function assertConsistentView(reading: Store, writing: Store): Promise<void> {
  await writing.write((tx) => insertEvent(tx, 'before'))
  const [seen] = await overlap(
    (reached) =>
      reading.read(async (tx) => {
        const early = await readEvents(tx)
        reached()
        await holdOpen(tx)
        return { early, late: await readEvents(tx), count: await tx.monitorEvents.count({}) }
      }),
    () =>
      writing.write(async (tx) => {
        await insertEvent(tx, 'meanwhile 1')
        await insertEvent(tx, 'meanwhile 2')
      }),
  )
  assert.deepEqual(seen, { early: ['before'], late: ['before'], count: 1 })
  assert.lengthOf(await eventsOf(reading), 3, 'events after both ended')
}

function plain(salt: string): { readonly txid: string; readonly processing: 'queued' } {
  return { txid: buildTransaction({ salt }).txid, processing: 'queued' }
}

async function insertEvent(tx: StoreWriter, event: string): Promise<void> {
  await tx.monitorEvents.insert({ event, details: null })
}

async function readEvents(tx: StoreReader): Promise<string[]> {
  return (await tx.monitorEvents.find({})).map((row) => row.event)
}

function eventsOf(store: Store): Promise<string[]> {
  return store.read(readEvents)
}
