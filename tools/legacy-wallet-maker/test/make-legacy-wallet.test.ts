import { Beef, Hash, MerklePath, Transaction, Utils } from '@bsv/sdk'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACTION_KINDS,
  type MadeLegacyWallet,
  makeLegacyWallet,
  openLegacyWallet,
  UNREACHABLE_PAIRS,
} from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

const folder = temporaryFolder()
const commission = {
  satoshis: 17,
  publicKeyHex: `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`,
}
let made: MadeLegacyWallet
let database: Database

beforeAll(async () => {
  made = await makeLegacyWallet({ file: join(folder, 'wallet.sqlite'), users: 3, actions: 45, seed: 11, commission })
  database = new BetterSqlite3(made.file, { readonly: true })
})
afterAll(() => {
  database.close()
})

const count = (sql: string, ...values: unknown[]): number =>
  database
    .prepare(sql)
    .pluck()
    .get(...values) as number

describe('a made legacy wallet', () => {
  it('holds every pair of statuses that the published code leaves behind', () => {
    const pairs = Object.keys(made.summary.statuses)
    expect(pairs).toEqual(
      expect.arrayContaining([
        'completed|completed|proof',
        'completed|none|proof',
        'failed|doubleSpend|no proof',
        'failed|invalid|no proof',
        'failed|none|no proof',
        'nosend|nosend|no proof',
        'sending|sending|no proof',
        'sending|unsent|no proof',
        'unprocessed|unprocessed|no proof',
        'unprocessed|unsent|no proof',
        'unproven|unmined|no proof',
        'unproven|unsent|no proof',
        'unsigned|none|no proof',
      ]),
    )
  })

  it('holds the pairs that only rare moments leave behind', () => {
    const pairs = Object.keys(made.summary.statuses)
    for (const { transaction, request = 'none' } of UNREACHABLE_PAIRS) {
      expect(pairs).toContain(`${transaction}|${request}|no proof`)
    }
  })

  it('is sound: no broken foreign key, no damaged page', () => {
    expect(database.pragma('foreign_key_check')).toEqual([])
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  })

  it('has a proof and no request for a payment that was internalized with its merkle path', () => {
    expect(
      count(
        `select count(*) from transactions t join proven_txs p using (provenTxId)
          where t.isOutgoing = 0 and t.status = 'completed' and t.txid not in (select txid from proven_tx_reqs)`,
      ),
    ).toBeGreaterThan(3)
  })

  it('has proofs that contain their txid, lead to the root and belong to the stored raw transaction', () => {
    const proofs = database.prepare('select * from proven_txs').all() as {
      txid: string
      height: number
      merklePath: Buffer
      merkleRoot: string
      rawTx: Buffer
    }[]
    expect(proofs.length).toBeGreaterThan(5)
    for (const { txid, height, merklePath, merkleRoot, rawTx } of proofs) {
      const path = MerklePath.fromBinary([...merklePath])
      expect(path.computeRoot(txid)).toBe(merkleRoot)
      expect(path.blockHeight).toBe(height)
      expect(Utils.toHex(Hash.hash256([...rawTx]).reverse())).toBe(txid)
    }
  })

  it('has requests whose raw transaction hashes to their txid and whose BEEF can be read', () => {
    const requests = database.prepare('select txid, rawTx, inputBEEF from proven_tx_reqs').all() as {
      txid: string
      rawTx: Buffer
      inputBEEF: Buffer
    }[]
    for (const { txid, rawTx, inputBEEF } of requests) {
      expect(Transaction.fromBinary([...rawTx]).id('hex')).toBe(txid)
      expect(() => Beef.fromBinary([...inputBEEF])).not.toThrow()
    }
  })

  it('has drafts with planned outputs and locked inputs', () => {
    expect(
      count(
        "select count(*) from outputs o join transactions t using (transactionId) where t.status = 'unsigned' and o.txid is null",
      ),
    ).toBeGreaterThan(1)
    expect(
      count(
        "select count(*) from outputs o join transactions t on t.transactionId = o.spentBy where t.status = 'unsigned'",
      ),
    ).toBeGreaterThan(0)
  })

  it('has two users who share one transaction', () => {
    expect(
      count(
        'select count(*) from (select txid from transactions where txid is not null group by txid having count(distinct userId) > 1)',
      ),
    ).toBeGreaterThan(0)
  })

  it('has baskets, tags, labels, custom instructions, relinquished and spent tokens', () => {
    expect(
      count(
        'select count(*) from outputs where change = 0 and basketId is not null and customInstructions is not null',
      ),
    ).toBeGreaterThan(2)
    expect(count('select count(*) from output_tags_map')).toBeGreaterThan(2)
    expect(count('select count(*) from tx_labels_map')).toBeGreaterThan(10)
    expect(
      count('select count(*) from outputs where basketId is null and customInstructions is not null and spendable = 1'),
    ).toBeGreaterThan(0)
    expect(count('select count(*) from outputs where change = 0 and spentBy is not null')).toBeGreaterThan(0)
  })

  it('has an output whose script is in the raw transaction only', () => {
    expect(
      count('select count(*) from outputs where txid is not null and lockingScript is null and scriptLength > 1024'),
    ).toBeGreaterThan(0)
  })

  it('has certificates with fields, one of them given up', () => {
    expect(count('select count(*) from certificates where isDeleted = 0')).toBeGreaterThan(0)
    expect(count('select count(*) from certificates where isDeleted = 1')).toBeGreaterThan(0)
    expect(count('select count(*) from certificate_fields')).toBeGreaterThan(1)
  })

  it('has a commission for every action its store signed', () => {
    expect(count('select count(*) from commissions where satoshis = ?', commission.satoshis)).toBeGreaterThan(10)
    expect(count("select count(*) from outputs where purpose = 'storage-commission'")).toBe(
      count('select count(*) from commissions'),
    )
  })

  it('has a mature and an immature block reward', () => {
    const tip = count('select max(height) from proven_txs')
    expect(count('select count(*) from proven_txs where "index" = 0 and height + 100 <= ?', tip)).toBe(1)
    expect(count('select count(*) from proven_txs where "index" = 0 and height + 100 > ?', tip)).toBe(1)
  })

  it('has a sync state whose id maps translate to other ids than they come from', () => {
    const { syncMap } = database.prepare('select syncMap from sync_states').get() as { syncMap: string }
    const { transaction, provenTx } = JSON.parse(syncMap) as Record<string, { idMap: Record<string, number> }>
    expect(Object.keys(transaction?.idMap ?? {}).length).toBeGreaterThan(2)
    expect(Object.entries(provenTx?.idMap ?? {}).some(([from, to]) => Number(from) !== to)).toBe(true)
  })

  it('opens again for each of its users, who have coins and can pay', async () => {
    for (const { rootKeyHex, userId, identityKey } of made.users) {
      const wallet = await openLegacyWallet({ ...made, rootKeyHex, commission })
      try {
        expect(wallet).toMatchObject({ userId, identityKey })
        expect(await wallet.balance()).toBeGreaterThan(100_000)
        const { txid } = await wallet.wallet.createAction({
          description: 'Paid after opening again',
          outputs: [{ satoshis: 500, lockingScript: '51', outputDescription: 'for anyone' }],
          options: { acceptDelayedBroadcast: false },
        })
        expect(count('select status from transactions where txid = ?', txid)).toBe('unproven')
      } finally {
        await wallet.close()
      }
    }
  })
})

describe('making a legacy wallet', () => {
  it('does the same actions with the same amounts for the same seed, and other ones for another', async () => {
    const make = async (name: string, seed: number): Promise<unknown[]> => {
      const { file, users } = await makeLegacyWallet({
        file: join(folder, name),
        users: 1,
        actions: 4,
        seed,
        mix: { ...NOTHING, sendNow: 2, leaveDraft: 1 },
        forcedPairs: 'none',
        sync: false,
      })
      const small = new BetterSqlite3(file, { readonly: true })
      const rows = small
        .prepare('select userId, status, isOutgoing, description from transactions order by transactionId')
        .all()
      small.close()
      return [users, rows]
    }
    const first = await make('seed-1.sqlite', 1)
    expect(await make('seed-1-again.sqlite', 1)).toEqual(first)
    expect(await make('seed-2.sqlite', 2)).not.toEqual(first)
  })

  it('refuses nonsense before it removes anything', async () => {
    await expect(makeLegacyWallet({ file: made.file, users: 0, seed: 1 })).rejects.toThrow(RangeError)
    expect(count('select count(*) from transactions')).toBeGreaterThan(40)
  })
})

const NOTHING = Object.fromEntries(ACTION_KINDS.map((kind) => [kind, 0]))
