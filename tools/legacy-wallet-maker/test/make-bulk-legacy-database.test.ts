import { Beef, MerklePath, Transaction } from '@bsv/sdk'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type MadeBulkLegacyDatabase,
  makeBulkLegacyDatabase,
  makeLegacyWallet,
  openLegacyWallet,
} from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

const TRANSACTIONS = 2_000
const folder = temporaryFolder()
let made: MadeBulkLegacyDatabase
let database: Database

beforeAll(async () => {
  made = await makeBulkLegacyDatabase({
    file: join(folder, 'bulk.sqlite'),
    transactions: TRANSACTIONS,
    users: 3,
    seed: 5,
  })
  database = new BetterSqlite3(made.file, { readonly: true })
})
afterAll(() => {
  database.close()
})

const count = (sql: string): number => database.prepare(sql).pluck().get() as number

describe('a bulk legacy database', () => {
  it('has the transactions and outputs that were asked for', () => {
    expect(made.summary.rows).toMatchObject({ transactions: TRANSACTIONS, outputs: 3 * TRANSACTIONS, users: 3 })
  })

  it('has the schema of a database the published wallet made', async () => {
    const { file } = await makeLegacyWallet({
      file: join(folder, 'small.sqlite'),
      users: 1,
      actions: 0,
      seed: 1,
      forcedPairs: 'none',
      sync: false,
    })
    const small = new BetterSqlite3(file, { readonly: true })
    const schema = 'select type, name, tbl_name, sql from sqlite_master order by name'
    expect(database.prepare(schema).all()).toEqual(small.prepare(schema).all())
    const migrations = 'select name from knex_migrations order by id'
    expect(database.prepare(migrations).all()).toEqual(small.prepare(migrations).all())
    small.close()
  })

  it('has txids that are the hashes of its raw transactions, in requests and proofs', () => {
    const rows = database
      .prepare('select txid, rawTx from proven_tx_reqs union all select txid, rawTx from proven_txs')
      .all()
    expect(rows.length).toBeGreaterThan(TRANSACTIONS)
    for (const { txid, rawTx } of rows as { txid: string; rawTx: Buffer }[]) {
      expect(Transaction.fromBinary([...rawTx]).id('hex')).toBe(txid)
    }
  })

  it('has merkle paths that contain their txid at its index and lead to the stored root', () => {
    const proofs = database.prepare('select txid, height, "index", merklePath, merkleRoot from proven_txs').all() as {
      txid: string
      height: number
      index: number
      merklePath: Buffer
      merkleRoot: string
    }[]
    for (const { txid, height, index, merklePath, merkleRoot } of proofs) {
      const path = MerklePath.fromBinary([...merklePath])
      expect(path.blockHeight).toBe(height)
      expect(path.path[0]?.find(({ hash }) => hash === txid)?.offset).toBe(index)
      expect(path.computeRoot(txid)).toBe(merkleRoot)
    }
  })

  it('has BEEFs that can be read and hold the parents', () => {
    const beefs = database
      .prepare('select inputBEEF from proven_tx_reqs where length(inputBEEF) > 6 limit 200')
      .pluck()
      .all()
    expect(beefs.length).toBe(200)
    for (const beef of beefs as Buffer[]) expect(Beef.fromBinary([...beef]).isValid()).toBe(true)
  })

  it('spends with each signed transaction exactly the outputs that name it as their spender', () => {
    const spends = database
      .prepare(
        `select r.rawTx, group_concat(o.txid || '.' || o.vout) as outpoints
           from outputs o join transactions t on t.transactionId = o.spentBy join proven_tx_reqs r on r.txid = t.txid
          group by t.transactionId`,
      )
      .all() as { rawTx: Buffer; outpoints: string }[]
    expect(spends.length).toBeGreaterThan(TRANSACTIONS / 4)
    for (const { rawTx, outpoints } of spends) {
      const consumed = Transaction.fromBinary([...rawTx]).inputs.map(
        (input) => `${input.sourceTXID}.${input.sourceOutputIndex}`,
      )
      expect(consumed.sort()).toEqual(outpoints.split(',').sort())
    }
  })

  it('leaves no coin free that one of its transactions consumes and no failed one holds', () => {
    const free = new Set(
      database
        .prepare("select txid || '.' || vout from outputs where spendable = 1 and spentBy is null and txid is not null")
        .pluck()
        .all(),
    )
    const live = database
      .prepare("select r.rawTx from proven_tx_reqs r join transactions t using (txid) where t.status not in ('failed')")
      .pluck()
      .all() as Buffer[]
    for (const rawTx of live) {
      for (const { sourceTXID, sourceOutputIndex } of Transaction.fromBinary([...rawTx]).inputs) {
        expect(free.has(`${sourceTXID}.${sourceOutputIndex}`)).toBe(false)
      }
    }
  })

  it('has scripts where its offsets say they are', () => {
    expect(
      count(
        `select count(*) from outputs o join proven_txs p using (txid)
          where substr(p.rawTx, o.scriptOffset + 1, o.scriptLength) <> o.lockingScript`,
      ),
    ).toBe(0)
  })

  it('is sound and of realistic size: about 3.9 KB per transaction', () => {
    expect(database.pragma('foreign_key_check')).toEqual([])
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const bytesPerTransaction = statSync(made.file).size / TRANSACTIONS
    expect(bytesPerTransaction).toBeGreaterThan(3_400)
    expect(bytesPerTransaction).toBeLessThan(4_400)
  })

  it('is the same for the same seed', async () => {
    const small = { transactions: 60, users: 2, seed: 9 }
    const contents = async (name: string): Promise<unknown[]> => {
      const { file } = await makeBulkLegacyDatabase({ ...small, file: join(folder, name) })
      const again = new BetterSqlite3(file, { readonly: true })
      const rows = [
        ...again
          .prepare('select transactionId, txid, reference, status from transactions order by transactionId')
          .all(),
        ...again
          .prepare('select outputId, txid, vout, satoshis, spentBy, spendable from outputs order by outputId')
          .all(),
      ]
      again.close()
      return rows
    }
    // Hashes of blocks follow the mock chain's genesis block, whose nonce is the toolbox's own chance.
    expect(await contents('once.sqlite')).toEqual(await contents('twice.sqlite'))
  })

  it('opens in the published wallet, which counts its coins, lists them and spends some', async () => {
    const [user] = made.users
    const wallet = await openLegacyWallet({ ...made, rootKeyHex: user?.rootKeyHex ?? '' })
    try {
      const balance = count(
        `select sum(o.satoshis) from outputs o join transactions t using (transactionId) join output_baskets b using (basketId)
          where o.userId = ${wallet.userId} and o.spendable = 1 and b.name = 'default'
            and t.status in ('completed', 'unproven', 'nosend', 'sending')`,
      )
      expect(await wallet.balance()).toBe(balance)
      expect((await wallet.wallet.listActions({ labels: ['shop'], limit: 10 })).actions).toHaveLength(10)
      for (let payment = 0; payment < 3; payment++) {
        const { txid } = await wallet.wallet.createAction({
          description: 'Paid from bulk coins',
          outputs: [{ satoshis: 1_000, lockingScript: '51', outputDescription: 'for anyone' }],
          options: { acceptDelayedBroadcast: false },
        })
        expect(database.prepare('select status from transactions where txid = ?').pluck().get(txid)).toBe('unproven')
      }
    } finally {
      await wallet.close()
    }
  })
})
