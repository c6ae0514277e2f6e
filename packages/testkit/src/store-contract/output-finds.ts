import type { OutputFindQuery, OutputRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedBasket, seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present } from './assertions.js'

/** `tx.outputs.find`: one user's outputs by whatever names them. */
export const outputFindCases: readonly ContractCase[] = [
  defineCase('outputs: find needs every column to match, and null means that there is no value', async (store) => {
    const user = await seedUser(store)
    const { userId } = user
    const [one, two] = await seedCoins(store, user, [1000, 2000])
    const { outputs } = await seedAction(store, { userId, outputs: [2000] })
    const [first, second, third] = [one, two, outputs[0]].map((row) => present(row, 'a coin'))
    const cases: readonly (readonly [OutputFindQuery['match'], readonly (OutputRow | undefined)[]])[] = [
      [undefined, [first, second, third]],
      [{ outputId: second?.outputId ?? 0 }, [second]],
      [{ satoshis: 2000 }, [second, third]],
      [{ satoshis: 2000, basketId: user.basketId }, [second]],
      [{ basketId: null }, [third]],
      [{ txid: first?.txid ?? '', vout: first?.vout ?? 0 }, [first]],
      [{ actionId: first?.actionId ?? 0, vout: second?.vout ?? 0 }, [second]],
      [{ satoshis: [1000, 2000], basketId: user.basketId }, [first, second]],
      [{ change: first?.change ?? false, purpose: 'nothing like it' }, []],
      [{ createdAt: present(first, 'a coin').createdAt, outputId: first?.outputId ?? 0 }, [first]],
    ]
    for (const [match, expected] of cases) {
      assert.deepEqual(await find(store, { userId, ...(match === undefined ? {} : { match }) }), idsOf(expected))
    }
  }),

  defineCase('outputs: find sees one user, whatever row of another one is named', async (store) => {
    const [alice, mallory] = [await seedUser(store), await seedUser(store)]
    const [coin] = await seedCoins(store, alice, [1000])
    const { outputId, actionId, txid, vout, basketId } = present(coin, 'a coin')
    const spender = await seedAction(store, { userId: alice.userId, spends: [present(coin, 'a coin')], outputs: [] })
    const spentByActionId = spender.action.actionId
    for (const match of [{ outputId }, { actionId }, { txid, vout }, { basketId }, { spentByActionId }]) {
      assert.deepEqual(await find(store, { userId: alice.userId, match }), [outputId])
      assert.deepEqual(await find(store, { userId: mallory.userId, match }), [])
    }
  }),

  defineCase('outputs: find tells what nothing spends or withholds from what something does', async (store) => {
    const user = await seedUser(store)
    const { userId } = user
    const [free, spent, withheld] = await seedCoins(store, user, [1, 2, 3], { processing: 'queued' })
    await seedAction(store, { userId, spends: [present(spent, 'a coin')], outputs: [] })
    await store.write((tx) => tx.outputs.update(present(withheld, 'a coin').outputId, { withheld: 'operator' }))
    assert.deepEqual(await find(store, { userId, isFree: true }), idsOf([free]))
    assert.deepEqual(await find(store, { userId, isFree: false }), idsOf([spent, withheld]))
  }),

  defineCase('outputs: find takes what changed at or after a moment', async (store) => {
    const { userId } = await seedUser(store)
    const moments = ['2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.002Z'].map((text) => new Date(text))
    const { outputs } = await seedAction(store, {
      userId,
      outputs: moments.map((updatedAt) => ({ satoshis: 1, updatedAt })),
    })
    const [before, after] = outputs
    const since = (moment: Date | undefined): OutputFindQuery => ({ userId, since: present(moment, 'a moment') })
    assert.deepEqual(await find(store, since(moments[0])), idsOf([before, after]))
    assert.deepEqual(await find(store, since(moments[1])), idsOf([after]))
  }),

  defineCase('outputs: find by what made them: status, draft, abort and direction go together', async (store) => {
    const { userId } = await seedUser(store)
    const sent = await seedAction(store, { userId, processing: 'sent' })
    const aborted = await seedAction(store, { userId, processing: 'nosend', action: { userAborted: true } })
    const received = await seedAction(store, { userId, processing: 'sent', action: { isOutgoing: false } })
    const draft = await seedAction(store, { userId, processing: 'draft' })
    const outgoing = { userAborted: false, isOutgoing: true }
    const expectFound = async (madeBy: OutputFindQuery['madeBy'], expected: readonly (typeof sent | typeof draft)[]) =>
      assert.deepEqual(
        await find(store, { userId, madeBy: present(madeBy, 'a standing') }),
        idsOf(expected.flatMap(({ outputs }) => outputs)),
      )
    await expectFound([{ processing: 'sent', ...outgoing }], [sent])
    await expectFound([{ processing: null, ...outgoing }], [draft])
    await expectFound(
      [
        { processing: 'sent', userAborted: false, isOutgoing: false },
        { processing: 'nosend', userAborted: true, isOutgoing: true },
      ],
      [aborted, received],
    )
    await expectFound([{ processing: 'nosend', ...outgoing }], [])
    await expectFound([], [])
  }),

  defineCase('outputs: find pages in order of id, up or down', async (store) => {
    const user = await seedUser(store)
    const { userId } = user
    const tokens = await seedBasket(store, userId, 'tokens')
    const coins = await seedCoins(store, { userId, basketId: tokens.basketId }, [1, 2, 3, 4])
    await seedCoins(store, user, [9])
    const query = { userId, match: { basketId: tokens.basketId } }
    const ids = idsOf(coins)
    assert.deepEqual(await find(store, { ...query, limit: 2 }), ids.slice(0, 2))
    assert.deepEqual(await find(store, { ...query, limit: 2, offset: 1 }), ids.slice(1, 3))
    assert.deepEqual(await find(store, { ...query, offset: 3 }), ids.slice(3))
    assert.deepEqual(await find(store, { ...query, limit: 2, descending: true }), [ids[3], ids[2]])
    assert.deepEqual(await find(store, { ...query, limit: 0 }), [])
  }),
]

async function find(store: Store, query: OutputFindQuery): Promise<number[]> {
  return (await store.read((tx) => tx.outputs.find(query))).map((row) => row.outputId)
}

function idsOf(rows: readonly (OutputRow | undefined)[]): number[] {
  return rows.map((row) => present(row, 'a coin').outputId)
}
