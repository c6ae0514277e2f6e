import { LockingScript, Transaction, UnlockingScript } from '@bsv/sdk'
import type { sdk } from '@bsv/wallet-toolbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthId, SyncChunk } from '../src/index.js'
import { PROVIDER_CALLS, callProvider, type ProviderMethod } from './support/provider-calls.js'
import { openRichWorld, signedAsPlanned, type RichUser, type RichWorld } from './support/rich-world.js'
import { rowsOfUser } from './support/rows-of-user.js'

let rich: RichWorld
beforeAll(async () => {
  rich = await openRichWorld()
}, 120_000)
afterAll(() => rich.close())

/**
 * Whom each method takes the caller for. A method that is not in here does not compile; those without `auth` say why that
 * is no way to another user's rows.
 */
const CALLER: Readonly<Record<ProviderMethod, 'auth' | 'identity key' | 'nobody'>> = {
  isStorageProvider: 'nobody',
  isAvailable: 'nobody',
  makeAvailable: 'nobody',
  getSettings: 'nobody',
  getServices: 'nobody',
  setServices: 'nobody',
  migrate: 'nobody',
  destroy: 'nobody',
  // Whoever serves it remotely compares the key with the one the connection proved: docs/spec/wallet-storage.md §13, D27.
  findOrInsertUser: 'identity key',
  getSyncChunk: 'identity key',
  processSyncChunk: 'identity key',
  // Of every user, as published: no remote caller may reach it.
  findProvenTxReqs: 'nobody',
  setActive: 'auth',
  createAction: 'auth',
  processAction: 'auth',
  internalizeAction: 'auth',
  abortAction: 'auth',
  listActions: 'auth',
  insertCertificateAuth: 'auth',
  listCertificates: 'auth',
  relinquishCertificate: 'auth',
  listOutputs: 'auth',
  relinquishOutput: 'auth',
  findCertificatesAuth: 'auth',
  findOutputBasketsAuth: 'auth',
  findOutputsAuth: 'auth',
  findOrInsertSyncStateAuth: 'auth',
}

const withAuth = PROVIDER_CALLS.filter(({ method }) => CALLER[method] === 'auth')

describe('somebody who is not who she says', () => {
  it.each(withAuth)('cannot call $method ($title), and nothing changes', async ({ method, args }) => {
    const { alice, mallory } = rich
    const { provider, database, close } = await rich.fork()
    const before = await database.dump()
    const disguises: Partial<AuthId>[] = [
      { identityKey: mallory.auth.identityKey, userId: alice.userId },
      { identityKey: alice.auth.identityKey, userId: mallory.userId },
      { userId: alice.userId },
      { identityKey: alice.auth.identityKey },
      { identityKey: '', userId: alice.userId },
      { identityKey: alice.auth.identityKey, userId: -alice.userId },
      {},
    ]
    for (const disguise of disguises) {
      const refused = callProvider(provider, method, [disguise, ...args(alice, rich).slice(1)])
      await expect(refused, JSON.stringify(disguise)).rejects.toMatchObject({
        name: expect.stringMatching(/^WERR_(UNAUTHORIZED|INVALID_PARAMETER)$/) as string,
      })
    }
    expect(await database.dump()).toEqual(before)
    await close()
  })
})

describe('a user with the names and numbers of another one', () => {
  it.each(withAuth)('reads, changes and locks nothing of hers by $method ($title)', async ({ method, args }) => {
    const { alice, mallory } = rich
    const { provider, database, close } = await rich.fork()
    const before = rowsOfUser(await database.dump(), alice.userId)
    const given = [mallory.auth, ...args(alice, rich).slice(1)]
    const outcome = await callProvider(provider, method, given).catch((error: sdk.WalletError) => ({ refused: error }))
    expect(rowsOfUser(await database.dump(), alice.userId)).toEqual(before)
    if (typeof outcome === 'object' && outcome !== null && 'refused' in outcome) {
      expect(outcome.refused).toMatchObject({ name: expect.stringMatching(/^WERR_/) as string })
    } else {
      expect(secretsOf(alice).filter((secret) => knows(outcome, secret) && !knows(given, secret))).toEqual([])
    }
    await close()
  })

  it.each(withAuth)('finds as much of her own by $method ($title) as if the other were not there', async (call) => {
    const { mallory } = rich
    const { provider, close } = await rich.fork()
    const own = await callProvider(provider, call.method, call.args(mallory, rich))
    expect(secretsOf(rich.alice).filter((secret) => knows(own, secret))).toEqual([])
    await close()
  })
})

/** What only she knows, and what names her rows. */
function secretsOf({ name, token, tokenRow, keptTxid, failedTxid, signing, certificate }: RichUser): string[] {
  return [
    ...[`a token of ${name}`, `how ${name} spends it`, `${name} tokens`, `${name} tag`, `${name} label`],
    ...[`${name} value`, `another store of ${name}`, certificate.serialNumber],
    ...[token.txid, keptTxid, failedTxid, signing.txid!, signing.reference, `"outputId":${tokenRow.outputId},`],
  ]
}

function knows(value: unknown, secret: string): boolean {
  return JSON.stringify(value ?? null).includes(secret)
}

describe('a user who makes things up about another one’s transactions and coins', () => {
  it('has no chunk merged that is another user’s', async () => {
    const { alice, mallory } = rich
    const { provider, database, close } = await rich.fork()
    const before = await database.dump()
    for (const [request, chunk] of [
      [mallory.request, alice.chunk],
      [alice.request, mallory.chunk],
      [mallory.request, { ...mallory.chunk, user: alice.chunk.user! }],
    ] as const) {
      const refused = { name: 'WERR_INVALID_PARAMETER' }
      await expect(provider.processSyncChunk(request, chunk)).rejects.toMatchObject(refused)
    }
    expect(await database.dump()).toEqual(before)
    await close()
  })

  it.each(['unmined', 'invalid', 'doubleSpend', 'sending', 'unsent', 'nonfinal', 'unfail', 'completed'] as const)(
    'moves, batches and aborts no transaction of hers by a sync that calls it %s',
    async (status) => {
      const { alice, mallory } = rich
      const { provider, database, close } = await rich.fork()
      const before = lookedAtOf(rowsOfUser(await database.dump(), alice.userId))
      for (const { txid, transactionId } of alice.chunk.transactions!) {
        const request = alice.chunk.provenTxReqs!.find((row) => row.txid === txid)
        const transaction = alice.chunk.transactions!.find((row) => row.transactionId === transactionId)!
        if (request === undefined) continue
        await provider.processSyncChunk(mallory.request, {
          ...emptyChunk(mallory),
          transactions: [{ ...transaction, status: 'unproven', reference: `made up ${transactionId}` }],
          provenTxReqs: [{ ...request, status, batch: 'made up', wasBroadcast: true }],
        })
      }
      expect(lookedAtOf(rowsOfUser(await database.dump(), alice.userId))).toEqual(before)
      await close()
    },
  )

  it('locks no coin of hers by a sync that tells of a transaction which spends it', async () => {
    const { alice, mallory } = rich
    const { provider, database, close } = await rich.fork()
    const before = rowsOfUser(await database.dump(), alice.userId)
    const stealing = new Transaction(
      1,
      (await alice.outputs())
        .filter(({ txid }) => txid !== null)
        .map(({ txid, vout }) => ({
          sourceTXID: txid!,
          sourceOutputIndex: vout,
          unlockingScript: UnlockingScript.fromHex('51'),
        })),
      [{ satoshis: 1, lockingScript: LockingScript.fromHex('51') }],
    )
    const [transaction] = mallory.chunk.transactions!
    const [request] = mallory.chunk.provenTxReqs!
    const row = { ...transaction!, transactionId: 90_001, reference: 'made up', txid: stealing.id('hex') }
    const told = { ...request!, provenTxReqId: 90_001, txid: stealing.id('hex'), rawTx: stealing.toBinary() }
    for (const status of ['unsent', 'sending', 'unmined', 'unconfirmed'] as const) {
      const later = (moment: Date): Date => new Date(moment.getTime() + 1000)
      await provider.processSyncChunk(mallory.request, {
        ...emptyChunk(mallory),
        transactions: [{ ...row, status: 'unproven', updated_at: later(row.updated_at) }],
        provenTxReqs: [{ ...told, status, updated_at: later(told.updated_at) }],
      })
    }
    expect(rowsOfUser(await database.dump(), alice.userId)).toEqual(before)
    await close()
  })

  it.each(['unavailable', 'rejecting'] as const)(
    'locks no coin of hers by a transaction that spends it and cannot, while the network is %s',
    async (mood) => {
      const { alice, mallory, world } = rich
      const { provider, database, close } = await rich.fork()
      const before = rowsOfUser(await database.dump(), alice.userId)
      const [, vargs] = PROVIDER_CALLS.find(({ title }) => title === 'with an input of hers')!.args(alice, rich)
      const draft = await provider.createAction(mallory.auth, vargs as never)
      const { txid, rawTx } = signedAsPlanned(draft)
      await world.services.during(mood, () =>
        provider.processAction(mallory.auth, {
          isNewTx: true,
          isSendWith: false,
          isNoSend: false,
          isDelayed: false,
          reference: draft.reference,
          txid,
          rawTx,
          sendWith: [],
        }),
      )
      expect(rowsOfUser(await database.dump(), alice.userId)).toEqual(before)
      await close()
    },
  )
})

function emptyChunk({ chunk }: RichUser): SyncChunk {
  const { fromStorageIdentityKey, toStorageIdentityKey, userIdentityKey } = chunk
  return { fromStorageIdentityKey, toStorageIdentityKey, userIdentityKey }
}

/** The rows without when a task looks at their transaction next: anybody may have the network asked. */
function lookedAtOf(rows: ReturnType<typeof rowsOfUser>): object {
  const { transactions = [], ...others } = rows
  const plain = transactions.map((row) => ({ ...row, next_action_at: null, updated_at: null, row_version: null }))
  return { ...others, transactions: plain }
}
