import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processingToLegacy } from '@txkeep/fsm'
import { makeLegacyWallet, openLegacyWallet, type MadeLegacyWallet, type MadeUser } from '@txkeep/legacy-wallet-maker'
import BetterSqlite3 from 'better-sqlite3'
import { createStore } from '@txkeep/storage-knex'
import type { OutputBasketRow, Store } from '@txkeep/core'
import { knex, type Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSchemaCutover, type SchemaCutoverResult } from '../src/knex/run-schema-cutover.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-lists-'))
const legacyFile = join(folder, 'legacy.sqlite')
const movedFile = join(folder, 'moved.sqlite')
const COMMISSION = { satoshis: 150, publicKeyHex: '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798' }

let made: MadeLegacyWallet
let moved: Knex
let store: Store
let result: SchemaCutoverResult

/** What the published wallet answers, and what ours holds, in one shape. */
interface Listed {
  readonly outpoint: string
  readonly satoshis: number
}

beforeAll(async () => {
  made = await makeLegacyWallet({ file: legacyFile, seed: 17, actions: 220, users: 3, commission: COMMISSION })
  copyFileSync(legacyFile, movedFile)
  moved = knex({ client: 'better-sqlite3', connection: { filename: movedFile }, useNullAsDefault: true })
  result = await runSchemaCutover(moved, { deep: true })
  store = await createStore(moved)
}, 600_000)

afterAll(async () => {
  await store.close()
  await moved.destroy()
  rmSync(folder, { recursive: true })
})

/** The published wallet on the legacy file, which stayed as it was. */
async function withLegacy<T>(
  user: MadeUser,
  work: (wallet: Awaited<ReturnType<typeof openLegacyWallet>>) => Promise<T>,
): Promise<T> {
  const opened = await openLegacyWallet({ ...made, rootKeyHex: user.rootKeyHex, commission: COMMISSION })
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}

async function basketsOf({ userId }: MadeUser): Promise<OutputBasketRow[]> {
  return await store.read(async (tx) => (await tx.baskets.find({ userId })).filter(({ isDeleted }) => !isDeleted))
}

test('a wallet of three users and hundreds of actions moves with every check right', () => {
  expect([...(result.verification?.checks ?? []), ...(result.smoke?.checks ?? [])].filter(({ ok }) => !ok)).toEqual([])
  expect(result).toMatchObject({ ok: true, phase: 'cut-over' })
  expect(made.users).toHaveLength(3)
  expect(result.stats?.actions).toBeGreaterThan(200)
})

/**
 * Coins that ours lists and the published wallet does not: those of transactions that are signed and wait to be sent, which it
 * leaves out while they are `unprocessed` (docs/spec/lifecycle.md §7, docs/spec/wallet-storage.md §14).
 */
function waitingToBeSent(): ReadonlySet<string> {
  const legacy = new BetterSqlite3(legacyFile, { readonly: true })
  const outpoints = legacy
    .prepare(
      `SELECT o.txid || '.' || o.vout FROM outputs o JOIN transactions t USING (transactionId)
        WHERE t.status = 'unprocessed' AND o.spendable = 1 AND o.txid IS NOT NULL`,
    )
    .pluck()
    .all() as string[]
  legacy.close()
  return new Set(outpoints)
}

async function listOurs({ userId }: MadeUser, basketId: number): Promise<Listed[]> {
  const { rows } = await store.read(async (tx) => await tx.outputs.list({ userId, basketId, limit: 10_000 }))
  return rows.map(({ txid, vout, satoshis }) => ({ outpoint: `${txid}.${vout}`, satoshis }))
}

test('every user lists the coins the published wallet listed in every basket, and beside them only coins that wait to be sent', async () => {
  const waiting = waitingToBeSent()
  let compared = 0
  for (const user of made.users) {
    const baskets = await basketsOf(user)
    await withLegacy(user, async ({ wallet }) => {
      for (const { basketId, name } of baskets) {
        const legacy = await wallet.listOutputs({ basket: name, limit: 10_000 })
        const before: Listed[] = legacy.outputs.map(({ outpoint, satoshis }) => ({ outpoint, satoshis }))
        const after = (await listOurs(user, basketId)).filter(({ outpoint }) => !waiting.has(outpoint))
        expect({ user: user.userId, name, coins: after }).toEqual({ user: user.userId, name, coins: before })
        compared += before.length
      }
    })
  }
  expect(compared).toBeGreaterThan(100)
})

test('every user has the balance the published wallet answers, and what waits to be sent', async () => {
  const waiting = waitingToBeSent()
  for (const user of made.users) {
    const before = await withLegacy(user, async ({ balance }) => await balance())
    const basket = (await basketsOf(user)).find(({ name }) => name === 'default')
    const basketId = basket?.basketId ?? 0
    const onTheWay = (await listOurs(user, basketId)).filter(({ outpoint }) => waiting.has(outpoint))
    const extra = onTheWay.reduce((sum, { satoshis }) => sum + satoshis, 0)
    const after = await store.read(async (tx) => await tx.outputs.sum({ userId: user.userId, basketId }))
    expect({ user: user.userId, satoshis: after.satoshis }).toEqual({ user: user.userId, satoshis: before + extra })
  }
})

test('every user lists the same actions under every label, word for word', async () => {
  let compared = 0
  for (const user of made.users) {
    const labels = await store.read(async (tx) => await tx.labels.find({ userId: user.userId }))
    await withLegacy(user, async ({ wallet }) => {
      for (const { txLabelId, label } of labels) {
        const legacy = await wallet.listActions({ labels: [label], includeLabels: true, limit: 10_000 })
        const before = legacy.actions.map(({ txid, satoshis, isOutgoing, description, version, lockTime }) => ({
          txid: txid ?? '',
          satoshis,
          isOutgoing,
          description,
          version,
          lockTime,
        }))
        const { rows } = await store.read(
          async (tx) => await tx.actions.list({ userId: user.userId, labelIds: [txLabelId], limit: 10_000 }),
        )
        const after = rows
          .filter(({ processing, userAborted, isOutgoing }) => {
            const status = processingToLegacy(processing ?? undefined, { aborted: userAborted, isOutgoing })
            return status.transaction !== 'failed' && status.transaction !== 'unfail'
          })
          .map(({ txid, satoshisDelta, isOutgoing, description, version, lockTime }) => ({
            txid: txid ?? '',
            satoshis: satoshisDelta,
            isOutgoing,
            description,
            version,
            lockTime,
          }))
        expect({ user: user.userId, label, actions: after }).toEqual({ user: user.userId, label, actions: before })
        compared += before.length
      }
    })
  }
  expect(compared).toBeGreaterThan(50)
})
