import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ActionRow, ListedOutput, ProcessingStatus } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import { makeLegacyWallet, openLegacyWallet, type MadeLegacyWallet, type MadeUser } from '@txkeep/legacy-wallet-maker'
import { openStore } from '@txkeep/storage-knex'
import type { Knex } from 'knex'
import { beforeAll, expect, test } from 'vitest'
import { cutover, rollback, runSchemaCutover, verifyMigration } from '../src/knex/index.js'
import { openFile, openPlain, temporaryFolder } from './support/legacy-copy.js'
import { seeded, writeUnderNewSchema } from './support/new-writes.js'

const folder = temporaryFolder()
const file = join(folder, 'wallet.sqlite')
const chainFile = join(folder, 'chain.sqlite')
/** Calls, most of which change several rows. */
const CALLS = 1500

/** What legacy lists show otherwise than the network has it: the move rights it, and the balances would rightly differ. */
const LEFT_OUT = { sendInterrupted: 0, sendLaterInterrupted: 0, sendDoublySpent: 0, abortUnsent: 0, relinquishToken: 0 }

/** What a user has by the new schema. */
interface Holdings {
  readonly userId: number
  readonly balance: number
  readonly coins: readonly ListedOutput[]
  readonly actions: readonly (ActionRow & { readonly status: string; readonly txid: string | null })[]
}

let made: MadeLegacyWallet
let knex: Knex
let before: readonly Holdings[]
let calls = 0

beforeAll(async () => {
  made = await makeLegacyWallet({ file, chainFile, seed: 5, actions: 60, users: 2, forcedPairs: 'none', mix: LEFT_OUT })
  knex = await openFile(file)
  await runSchemaCutover(knex)
  const userIds = made.users.map(({ userId }) => userId)
  const store = await openStore(file)
  calls = await writeUnderNewSchema(store, userIds, seeded(11), CALLS, { sparesLegacy: true })
  await store.close()
  before = await holdings()
  await rollback(knex)
}, 600_000)

async function holdings(): Promise<Holdings[]> {
  const store = await openStore(file, { readonly: true })
  try {
    return await store.read(async (tx) => {
      const found: Holdings[] = []
      for (const { userId } of made.users) {
        const [main] = await tx.baskets.find({ userId, name: 'default' })
        const [writes] = await tx.baskets.find({ userId, name: 'writes' })
        const { satoshis } = await tx.outputs.sum({ userId, basketId: main?.basketId ?? 0 })
        const coins = await tx.outputs.list({ userId, basketId: writes?.basketId ?? 0, limit: 10_000 })
        const { rows } = await tx.actions.list({ userId, includeHidden: true, limit: 10_000 })
        const actions = rows.map((row) => ({ ...row, status: statusOf(row.processing, row) }))
        found.push({ userId, balance: satoshis, coins: coins.rows, actions })
      }
      return found
    })
  } finally {
    await store.close()
  }
}

function statusOf(processing: ProcessingStatus | null, action: ActionRow): string {
  const { userAborted, isOutgoing } = action
  return processingToLegacy(processing ?? undefined, { aborted: userAborted, isOutgoing }).transaction
}

async function withToolbox<T>(
  user: MadeUser,
  work: (wallet: Awaited<ReturnType<typeof openLegacyWallet>>) => Promise<T>,
): Promise<T> {
  const opened = await openLegacyWallet({ file, chainFile, rootKeyHex: user.rootKeyHex })
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}

test('a thousand and more writes under the new schema go along with a rollback', () => {
  expect(calls).toBeGreaterThan(1000)
  const legacy = openPlain(file)
  expect(legacy.pragma('foreign_key_check')).toEqual([])
  const rows = legacy
    .prepare<[], { id: number; status: string; txid: string | null; satoshis: number }>(
      'select transactionId as id, status, txid, satoshis from transactions order by transactionId',
    )
    .all()
  const expected = before
    .flatMap(({ actions }) => actions)
    .map(({ actionId, status, txid, satoshisDelta }) => ({ id: actionId, status, txid, satoshis: satoshisDelta }))
    .sort((a, b) => a.id - b.id)
  expect(rows).toEqual(expected)
  expect(new Set(rows.map(({ status }) => status)).size).toBeGreaterThan(6)
})

test('the published toolbox opens it, and every user has the same balance, coins and actions', async () => {
  for (const [index, user] of made.users.entries()) {
    const own = before[index]
    const coins = own?.coins.filter(({ txid }) => txid !== null) ?? []
    await withToolbox(user, async ({ wallet, balance }) => {
      expect(await balance()).toBe(own?.balance)
      const listed = await wallet.listOutputs({ basket: 'writes', limit: 10_000 })
      expect(listed.outputs.map(({ outpoint, satoshis }) => ({ outpoint, satoshis }))).toEqual(
        coins.map(({ txid, vout, satoshis }) => ({ outpoint: `${txid}.${vout}`, satoshis })),
      )
      expect(listed.outputs.length).toBeGreaterThan(10)
      const labelled = await wallet.listActions({
        labels: ['got', 'paid'],
        labelQueryMode: 'any',
        includeLabels: true,
        limit: 10_000,
      })
      const statuses = new Map(own?.actions.map(({ txid, status }) => [txid ?? '', status]))
      expect(labelled.actions.length).toBeGreaterThan(20)
      for (const { txid, status } of labelled.actions.filter((action) => action.txid !== ''))
        expect({ txid, status }).toEqual({ txid, status: statuses.get(txid) })
    })
  }
})

test('a new application that was not stopped is told so', async () => {
  const other = await openFile(file)
  await expect(
    other('actions').insert({ userId: made.users[0]?.userId, reference: 'too late', isOutgoing: true }),
  ).rejects.toThrow('given back to its legacy application')
})

test('the published toolbox pays from it, and the next cutover takes along what it wrote and brings the rest back', async () => {
  const [user] = made.users
  if (user === undefined) throw new Error('There is a user.')
  const { txid, after } = await withToolbox(user, async ({ wallet, balance }) => {
    const paid = await wallet.createAction({
      description: 'paid after the way back',
      labels: ['paid'],
      outputs: [{ satoshis: 321, lockingScript: '51', outputDescription: 'a payment' }],
    })
    return { txid: paid.txid, after: await balance() }
  })
  expect(txid).toMatch(/^[0-9a-f]{64}$/)
  copyFileSync(file, join(folder, 'rolled-back.sqlite'))
  await cutover(knex)
  const { checks } = await verifyMigration(knex)
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
  const again = await holdings()
  expect(again[0]?.balance).toBe(after)
  expect(again[1]).toEqual(before[1])
  const ids = new Set(before[0]?.actions.map(({ actionId }) => actionId))
  const added = again[0]?.actions.filter(({ actionId }) => !ids.has(actionId)) ?? []
  expect(added.map((action) => action.txid)).toEqual([txid])
  expect(again[0]?.actions.filter(({ actionId }) => ids.has(actionId))).toEqual(before[0]?.actions)
})
