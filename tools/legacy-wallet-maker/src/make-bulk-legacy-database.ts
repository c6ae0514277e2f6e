import BetterSqlite3, { type Database } from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { type BulkChain, BulkDatabase } from './bulk/bulk-database.js'
import { type BulkUser, bulkUser } from './bulk/bulk-user.js'
import { openChain, openLegacyStore, removeDatabases } from './legacy-store.js'
import type { MadeUser } from './make-legacy-wallet.js'
import { seededKeyHex, seededRandom } from './seeded-random.js'
import { type LegacySummary, summarize } from './summarize.js'

export interface MakeBulkLegacyDatabaseOptions {
  /** The database to make. Whatever is there is replaced. */
  file: string
  /** The mock chain to make beside it; `<file>.chain` unless told. */
  chainFile?: string
  transactions: number
  /** At least 2: a payment and its change. Default 3. */
  outputsPerTransaction?: number
  /** Default 2. */
  users?: number
  seed: number
}

export interface MadeBulkLegacyDatabase {
  file: string
  chainFile: string
  users: MadeUser[]
  summary: LegacySummary
}

const LABELS = ['shop', 'rent', 'salary', 'donation', 'test run']
const TAGS = ['paid', 'open', 'gift', 'year 2026']
const OTHER_BASKETS = ['tokens', 'invoices', 'game items']
const LONG_AGO = '1971-01-01T00:00:00.000Z'
const BEGINNING = '2024-01-01T00:00:00.000Z'

/**
 * A big legacy database in little time: the schema is made by the published toolbox, the rows are inserted in bulk. Every
 * transaction is real bytes whose hash is its txid, spends what an earlier one made, and, when mined, has a merkle path that
 * leads to its block's root. The same seed makes the same rows. The published wallet opens it and can spend its coins.
 */
export async function makeBulkLegacyDatabase(options: MakeBulkLegacyDatabaseOptions): Promise<MadeBulkLegacyDatabase> {
  const {
    file,
    chainFile = `${file}.chain`,
    transactions,
    outputsPerTransaction = 3,
    users: userCount = 2,
    seed,
  } = options
  if (outputsPerTransaction < 2)
    throw new RangeError(`outputsPerTransaction is ${outputsPerTransaction}; it must be 2 or more.`)
  await removeDatabases(file, chainFile)
  const genesisHash = await makeSchemas(file, chainFile)

  const random = seededRandom(seed)
  const users = Array.from({ length: userCount }, (_, index) =>
    bulkUser(index + 1, seededKeyHex(seed, `bulk user ${index + 1}`), random),
  )
  const chain = inBulk(file, (database) => {
    for (const user of users) insertUser(database, user)
    const bulk = new BulkDatabase(database, users, {
      random,
      outputsPerTransaction,
      genesisHash,
      transactionsPerBlock: Math.min(500, Math.max(10, Math.ceil(transactions / 20))),
    })
    for (let count = 0; count < transactions; count++) bulk.addTransaction()
    return bulk.finish()
  })
  inBulk(chainFile, (database) => insertChain(database, chain))

  return {
    file,
    chainFile,
    users: users.map(({ userId, identityKey, rootKeyHex }) => ({ userId, identityKey, rootKeyHex })),
    summary: summarize(file),
  }
}

async function makeSchemas(file: string, chainFile: string): Promise<string> {
  const services = await openChain(chainFile)
  const storage = await openLegacyStore({ file, name: 'legacy', services, hasty: true })
  const genesis = await services.tracker.findChainTipHeader()
  await storage.destroy()
  await services.knex.destroy()
  return genesis.hash
}

/** One transaction without syncing: a crash here costs a rerun, not data. */
function inBulk<Result>(file: string, work: (database: Database) => Result): Result {
  const database = new BetterSqlite3(file)
  try {
    database.pragma('journal_mode = off')
    database.pragma('synchronous = off')
    database.pragma('foreign_keys = off')
    database.pragma('cache_size = -200000')
    const result = database.transaction(work)(database)
    database.pragma('journal_mode = delete')
    return result
  } finally {
    database.close()
  }
}

function insertUser(database: Database, user: BulkUser): void {
  const { userId, identityKey } = user
  const store = database.prepare('select storageIdentityKey from settings').pluck().get()
  database
    .prepare('insert into users (created_at, updated_at, userId, identityKey, activeStorage) values (?, ?, ?, ?, ?)')
    .run(BEGINNING, LONG_AGO, userId, identityKey, store)
  const basket = database.prepare(
    `insert into output_baskets (created_at, updated_at, userId, name, numberOfDesiredUTXOs, minimumDesiredUTXOValue)
     values (?, ?, ?, ?, ?, ?)`,
  )
  const label = database.prepare('insert into tx_labels (created_at, updated_at, userId, label) values (?, ?, ?, ?)')
  const tag = database.prepare('insert into output_tags (created_at, updated_at, userId, tag) values (?, ?, ?, ?)')

  user.baskets.default = Number(basket.run(BEGINNING, LONG_AGO, userId, 'default', 144, 32).lastInsertRowid)
  user.baskets.others = OTHER_BASKETS.map((name) =>
    Number(basket.run(BEGINNING, BEGINNING, userId, name, 0, 0).lastInsertRowid),
  )
  user.labels = LABELS.map((text) => Number(label.run(BEGINNING, BEGINNING, userId, text).lastInsertRowid))
  user.tags = TAGS.map((text) => Number(tag.run(BEGINNING, BEGINNING, userId, text).lastInsertRowid))
}

function insertChain(database: Database, { blocks, unspent }: BulkChain): void {
  const header = database.prepare(
    `insert into mockchain_block_headers (height, hash, previousHash, merkleRoot, version, time, bits, nonce, coinbaseTxid)
     values (?, ?, ?, ?, 1, ?, ?, ?, ?)`,
  )
  const transaction = database.prepare(
    'insert into mockchain_transactions (txid, rawTx, blockHeight, blockIndex) values (?, ?, ?, 0)',
  )
  const utxo = database.prepare(
    `insert into mockchain_utxos (txid, vout, lockingScript, satoshis, scriptHash, isCoinbase, blockHeight)
     values (?, ?, ?, ?, ?, ?, ?)`,
  )
  const coinbaseScript = Uint8Array.from([0x51])
  for (const { block, coinbase } of blocks) {
    const { height, hash, previousHash, merkleRoot, time, bits, nonce } = block
    header.run(height, hash, previousHash, merkleRoot, time, bits, nonce, coinbase.txid)
    transaction.run(coinbase.txid, coinbase.bytes, height)
    utxo.run(coinbase.txid, 0, coinbaseScript, 5_000_000_000, scriptHash(coinbaseScript), 1, height)
  }
  for (const { txid, vout, satoshis, lockingScript } of unspent) {
    utxo.run(txid, vout, lockingScript, satoshis, scriptHash(lockingScript), 0, null)
  }
}

function scriptHash(script: Uint8Array): string {
  return createHash('sha256').update(script).digest('hex')
}
