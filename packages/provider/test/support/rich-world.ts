import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LockingScript, Transaction, UnlockingScript, Utils, Validation } from '@bsv/sdk'
import { sdk } from '@bsv/wallet-toolbox'
import { SYNC_ENTITIES, type OutputRow } from '@txkeep/core'
import { openStore } from '@txkeep/storage-knex'
import { sqliteDatabase, type TestDatabase } from '@txkeep/test-engines'
import {
  createProvider,
  type RequestSyncChunkArgs,
  type StorageCreateActionResult,
  type StorageProcessActionArgs,
  type SyncChunk,
  type TableCertificateX,
  type TxkeepStorageProvider,
} from '../../src/index.js'
import { CHUNK_KEYS } from '../../src/sync/chunk-keys.js'
import { atOnce, makeWorld, payment, strangerScript, type TestWallet, type World } from './open-wallet.js'
import { unpostedPayment, type ReceivedPayment } from './received-payments.js'

/** A user who has a little of everything a wallet can have, and the names by which others could reach for it. */
export interface RichUser extends TestWallet {
  readonly name: string
  readonly token: { readonly txid: string; readonly vout: number; readonly beef: number[] }
  /** The row of the token. */
  readonly tokenRow: OutputRow
  /** A transaction she keeps back, and its change. */
  readonly keptTxid: string
  readonly keptVout: number
  /** An action that spends coins of hers. */
  readonly spenderId: number
  readonly failedTxid: string
  /** A draft, and what would sign it. */
  readonly signing: StorageProcessActionArgs & { readonly reference: string }
  readonly certificate: TableCertificateX
  /** Somebody pays her with this; she has not taken it yet. */
  readonly paid: ReceivedPayment
  /** Her rows as another store would send them a moment later, and the request they answer. */
  readonly request: RequestSyncChunkArgs
  readonly chunk: SyncChunk
}

/** The rich world as it was, in a database of its own: what happens in it happens nowhere else. */
export interface Fork {
  readonly provider: TxkeepStorageProvider<sdk.WalletServices>
  readonly database: Omit<TestDatabase, 'drop'>
  close(): Promise<void>
}

export interface RichWorld {
  readonly world: World
  readonly alice: RichUser
  readonly mallory: RichUser
  fork(): Promise<Fork>
  close(): Promise<void>
}

export const OTHER_STORE: string = `03${'cd'.repeat(32)}`

/** Two users of one store who have nothing to do with each other. */
export async function openRichWorld(): Promise<RichWorld> {
  const world = await makeWorld()
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-fork-'))
  const alice = await enrich(world, await world.newWallet(), 'alice', 5)
  const mallory = await enrich(world, await world.newWallet(), 'mallory', 6)
  let forks = 0
  return {
    world,
    alice,
    mallory,
    fork: async () => {
      const path = join(folder, `fork-${++forks}.sqlite`)
      await world.database.query('vacuum into ?', [path])
      const store = await openStore(path, { synchronous: 'normal' })
      const provider = createProvider({ store, chain: 'mock', services: world.services, errors: sdk })
      await provider.makeAvailable()
      return {
        provider,
        database: sqliteDatabase(path),
        close: async () => {
          await store.close()
          for (const end of ['', '-wal', '-shm']) await rm(`${path}${end}`, { force: true })
        },
      }
    },
    close: async () => {
      await world.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function enrich(world: World, user: TestWallet, name: string, height: number): Promise<RichUser> {
  const { provider } = world
  await user.fund(50_000, 20_000, 3000, 1000)
  const minted = await user.wallet.createAction({
    description: `a token of ${name}`,
    labels: ['minted', `${name} label`],
    outputs: [
      {
        satoshis: 700,
        lockingScript: '5187',
        outputDescription: `a token of ${name}`,
        basket: `${name} tokens`,
        tags: [`${name} tag`],
        customInstructions: `how ${name} spends it`,
      },
    ],
    options: { ...atOnce, randomizeOutputs: false },
  })
  const kept = await user.wallet.createAction(payment(400, { noSend: true }))
  await user.wallet.createAction(payment(300, { acceptDelayedBroadcast: true }))
  const failed = await world.services.during('rejecting', () =>
    user.wallet.createAction(payment(200, atOnce)).then(
      () => {
        throw new Error('The network was to refuse this one.')
      },
      (error: sdk.WERR_REVIEW_ACTIONS) => error.sendWithResults[0]!.txid,
    ),
  )
  const certificate = certificateOf(user, name)
  await provider.insertCertificateAuth(user.auth, certificate)
  const outputs = await user.outputs()
  const signing = await draftAndSign(world, user)
  await provider.findOrInsertSyncStateAuth(user.auth, OTHER_STORE, `another store of ${name}`)
  const request: RequestSyncChunkArgs = {
    fromStorageIdentityKey: OTHER_STORE,
    toStorageIdentityKey: provider.getSettings().storageIdentityKey,
    identityKey: user.auth.identityKey,
    maxItems: 1000,
    maxRoughSize: 10_000_000,
    offsets: SYNC_ENTITIES.map((entity) => ({ name: entity, offset: 0 })),
  }
  return {
    ...user,
    name,
    token: { txid: minted.txid!, vout: 0, beef: [...minted.tx!] },
    tokenRow: outputs.find((output) => output.txid === minted.txid && !output.change)!,
    keptTxid: kept.txid!,
    keptVout: outputs.find((output) => output.txid === kept.txid && output.change)!.vout,
    spenderId: outputs.find((output) => output.spentByActionId !== null)!.spentByActionId!,
    failedTxid: failed,
    signing,
    certificate,
    paid: await unpostedPayment(world, user.auth.identityKey, [3000, 50], { height }),
    request,
    chunk: aMomentLater(await provider.getSyncChunk(request)),
  }
}

/** A draft of hers and the transaction it plans, as far as a storage can tell. */
async function draftAndSign(world: World, user: TestWallet): Promise<RichUser['signing']> {
  const vargs = Validation.validateCreateActionArgs(payment(600, { noSend: true }))
  const draft = await world.provider.createAction(user.auth, vargs)
  return {
    isNewTx: true,
    isSendWith: false,
    isNoSend: true,
    isDelayed: false,
    reference: draft.reference,
    ...signedAsPlanned(draft),
    sendWith: [],
  }
}

/** The transaction a draft plans, unlocked by nobody's key. */
export function signedAsPlanned({ inputs, outputs }: StorageCreateActionResult): {
  readonly txid: string
  readonly rawTx: number[]
} {
  const transaction = new Transaction(
    1,
    inputs.map(({ sourceTxid, sourceVout }) => ({
      sourceTXID: sourceTxid,
      sourceOutputIndex: sourceVout,
      sequence: 0xffffffff,
      unlockingScript: UnlockingScript.fromHex('51'),
    })),
    [...outputs]
      .sort((a, b) => a.vout - b.vout)
      .map(({ satoshis, lockingScript, purpose }) => ({
        satoshis,
        lockingScript: LockingScript.fromHex(purpose === 'change' ? strangerScript : lockingScript),
      })),
  )
  return { txid: transaction.id('hex'), rawTx: transaction.toBinary() }
}

/** Every row as if it had changed just now, so that a merge has something to do. */
function aMomentLater(chunk: SyncChunk): SyncChunk {
  const later = new Date(Date.now() + 60_000)
  const touched = SYNC_ENTITIES.map((entity) => {
    const key = CHUNK_KEYS[entity]
    return [key, (chunk[key] ?? []).map((row) => ({ ...row, updated_at: later }))]
  })
  return { ...chunk, ...Object.fromEntries(touched) } as SyncChunk
}

function certificateOf({ userId, auth }: TestWallet, name: string): TableCertificateX {
  const stamps = { created_at: new Date(0), updated_at: new Date(0) }
  const base64 = (text: string): string => Utils.toBase64(Utils.toArray(text.padEnd(32, '.').slice(0, 32)))
  const field = {
    ...stamps,
    userId,
    certificateId: 0,
    fieldName: 'name',
    fieldValue: `${name} value`,
    masterKey: 'a key',
  }
  return {
    ...stamps,
    certificateId: 0,
    userId,
    type: base64('a type'),
    serialNumber: base64(`serial of ${name}`),
    certifier: `02${'0c'.repeat(32)}`,
    subject: auth.identityKey,
    revocationOutpoint: `${'ab'.repeat(32)}.0`,
    signature: '3045',
    isDeleted: false,
    fields: [field],
  }
}
