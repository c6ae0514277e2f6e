import type { Database } from 'better-sqlite3'
import { merkleBlock } from '../bulk/merkle-block.js'
import { beefOfMined } from '../bulk/beef-bytes.js'
import { type RawTransaction, rawTransaction } from '../bulk/raw-transaction.js'
import type { RequestStatus, TransactionStatus } from '../legacy-statuses.js'
import { type SeededRandom, seededRandom } from '../seeded-random.js'

export interface SampleActionOptions {
  /** Default: the user with the lowest id. */
  userId?: number
  /** Default completed. */
  status?: TransactionStatus
  /** Default completed; null for none. */
  request?: RequestStatus | null
  /** With a merkle path and a `proven_txs` row. Default: when the status is completed. */
  proven?: boolean
  /** Default true: it is paid by coins of its user, and negative. */
  isOutgoing?: boolean
  /** One change output per value. Default two. */
  satoshis?: readonly number[]
  /** What it spends; a stranger's coin unless told. */
  inputs?: readonly { txid: string; vout: number }[]
  /** A coinbase transaction, first in its block. */
  coinbase?: boolean
}

/** The rows of one healthy action, before anything is done to them. */
export interface SampleAction {
  userId: number
  transactionId: number
  txid: string
  raw: RawTransaction
  outputIds: number[]
  provenTxId: number | undefined
  provenTxReqId: number | undefined
  txLabelId: number
}

const AT = '2025-06-01T12:00:00.000Z'

/** A healthy action with everything that hangs on it: transaction, outputs, label, request and proof. */
export function sampleAction(database: Database, options: SampleActionOptions = {}): SampleAction {
  const { userId = firstUser(database), status = 'completed', request = 'completed', isOutgoing = true } = options
  const { proven = status === 'completed', satoshis = [7_000, 3_000], coinbase = false } = options
  const random = seededRandom(nextId(database, 'transactions', 'transactionId') * 7_919)
  const raw = signSample(options.inputs, satoshis, coinbase, random)

  const provenTxId = proven ? insertProof(database, raw, coinbase, random) : undefined
  const transactionId = insert(database, 'transactions', {
    userId,
    provenTxId: provenTxId ?? null,
    status,
    reference: Buffer.from(random.bytes(12)).toString('base64'),
    isOutgoing: isOutgoing ? 1 : 0,
    satoshis: isOutgoing ? -500 : satoshis.reduce((sum, value) => sum + value, 0),
    version: 1,
    lockTime: 0,
    description: 'A sample to be damaged',
    txid: raw.txid,
  })
  const provenTxReqId = request === null ? undefined : insertRequest(database, raw, request, provenTxId, transactionId)
  const outputIds = satoshis.map((_, vout) =>
    insertSampleOutput(database, { userId, transactionId, raw, vout, satoshis: satoshis[vout] ?? 0, random }),
  )
  const txLabelId = labelId(database, userId, 'damaged')
  insert(database, 'tx_labels_map', { txLabelId, transactionId, isDeleted: 0 })
  return { userId, transactionId, txid: raw.txid, raw, outputIds, provenTxId, provenTxReqId, txLabelId }
}

export interface SampleOutputOptions {
  userId: number
  transactionId: number
  raw: RawTransaction
  vout: number
  satoshis: number
  random: SeededRandom
}

/** A change output of a sample, with its script where the raw transaction says it is. */
export function insertSampleOutput(database: Database, options: SampleOutputOptions): number {
  const { userId, transactionId, raw, vout, satoshis, random } = options
  const scriptOffset = raw.scriptOffsets[vout] ?? 0
  return insert(database, 'outputs', {
    userId,
    transactionId,
    basketId: database
      .prepare("select basketId from output_baskets where userId = ? and name = 'default'")
      .pluck()
      .get(userId),
    spendable: 1,
    change: 1,
    vout,
    satoshis,
    providedBy: 'storage',
    purpose: 'change',
    type: 'P2PKH',
    outputDescription: '',
    txid: raw.txid,
    derivationPrefix: Buffer.from(random.bytes(16)).toString('base64'),
    derivationSuffix: Buffer.from(random.bytes(16)).toString('base64'),
    scriptLength: SCRIPT_LENGTH,
    scriptOffset,
    lockingScript: raw.bytes.subarray(scriptOffset, scriptOffset + SCRIPT_LENGTH),
  })
}

/** Inserts one row with timestamps and returns its key. */
export function insert(database: Database, table: string, row: Readonly<Record<string, unknown>>): number {
  const full = { created_at: AT, updated_at: AT, ...row }
  const columns = Object.keys(full)
  const { lastInsertRowid } = database
    .prepare(
      `insert into "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    )
    .run(...Object.values(full))
  return Number(lastInsertRowid)
}

/** The id of this user's label, made when it is not there. */
export function labelId(database: Database, userId: number, label: string): number {
  const found = database
    .prepare('select txLabelId from tx_labels where userId = ? and label = ?')
    .pluck()
    .get(userId, label)
  return found === undefined ? insert(database, 'tx_labels', { userId, label, isDeleted: 0 }) : Number(found)
}

/** The user with the lowest id. @throws {RangeError} when the database has none */
export function firstUser(database: Database): number {
  const userId = database.prepare('select min(userId) from users').pluck().get()
  if (typeof userId !== 'number') throw new RangeError('The legacy database has no user to damage.')
  return userId
}

/** Another user than the first; made, with a default basket, when there is only one. */
export function secondUser(database: Database): number {
  const found = database.prepare('select min(userId) from users where userId > ?').pluck().get(firstUser(database))
  if (typeof found === 'number') return found
  const activeStorage = database.prepare('select storageIdentityKey from settings').pluck().get()
  const userId = insert(database, 'users', { identityKey: `02${'22'.repeat(32)}`, activeStorage })
  insert(database, 'output_baskets', {
    userId,
    name: 'default',
    numberOfDesiredUTXOs: 144,
    minimumDesiredUTXOValue: 32,
  })
  return userId
}

/** A key that no row has, and that no row will get soon. */
export function missingId(database: Database, table: string, column: string): number {
  return nextId(database, table, column) + 1_000_000
}

const SCRIPT_LENGTH = 25

/** Above every key the table ever gave out: also above those of rows that are deleted again. */
function nextId(database: Database, table: string, column: string): number {
  const highest = database.prepare(`select coalesce(max("${column}"), 0) from "${table}"`).pluck().get()
  const given = database.prepare('select seq from sqlite_sequence where name = ?').pluck().get(table) ?? 0
  return Math.max(Number(highest), Number(given)) + 1
}

function signSample(
  inputs: SampleActionOptions['inputs'],
  satoshis: readonly number[],
  coinbase: boolean,
  random: SeededRandom,
): RawTransaction {
  const outputs = satoshis.map((value) => ({ satoshis: value, lockingScript: p2pkh(random) }))
  if (coinbase) {
    return rawTransaction([{ txid: '00'.repeat(32), vout: 0xffff_ffff, unlockingScript: random.bytes(8) }], outputs)
  }
  const spent = inputs ?? [{ txid: Buffer.from(random.bytes(32)).toString('hex'), vout: 0 }]
  return rawTransaction(
    spent.map((input) => ({
      ...input,
      unlockingScript: Uint8Array.from([0x48, ...random.bytes(72), 0x21, ...random.bytes(33)]),
    })),
    outputs,
  )
}

function p2pkh(random: SeededRandom): Uint8Array {
  return Uint8Array.from([0x76, 0xa9, 0x14, ...random.bytes(20), 0x88, 0xac])
}

/** Somewhere below the tip, which stays the block it was: its hash is the chain's, and this one's is nobody's. */
function insertProof(database: Database, raw: RawTransaction, coinbase: boolean, random: SeededRandom): number {
  const tip = Number(database.prepare('select coalesce(max(height), 0) from proven_txs').pluck().get())
  const height = Math.max(1, tip - 5)
  const others = [0, 1, 2].map(() => Buffer.from(random.bytes(32)).toString('hex'))
  const txids = coinbase ? [raw.txid, ...others] : [...others, raw.txid]
  const block = merkleBlock(height, '00'.repeat(32), txids, 1_750_000_000)
  const index = txids.indexOf(raw.txid)
  return insert(database, 'proven_txs', {
    txid: raw.txid,
    height,
    index,
    merklePath: block.merklePath(index),
    rawTx: raw.bytes,
    blockHash: block.hash,
    merkleRoot: block.merkleRoot,
  })
}

function insertRequest(
  database: Database,
  raw: RawTransaction,
  status: RequestStatus,
  provenTxId: number | undefined,
  transactionId: number,
): number {
  return insert(database, 'proven_tx_reqs', {
    provenTxId: provenTxId ?? null,
    status,
    attempts: 0,
    notified: status === 'completed' ? 1 : 0,
    txid: raw.txid,
    history: JSON.stringify({ notes: [{ what: 'status', status_was: 'unknown', status_now: status, when: AT }] }),
    notify: JSON.stringify({ transactionIds: [transactionId] }),
    rawTx: raw.bytes,
    inputBEEF: beefOfMined([]),
  })
}
