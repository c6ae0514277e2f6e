import { Hash, MerklePath, Transaction, Utils } from '@bsv/sdk'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAnomalies, type AddedAnomaly, ANOMALIES, makeBulkLegacyDatabase } from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

type Row = Record<string, unknown>

const folder = temporaryFolder()
const healthyFile = join(folder, 'healthy.sqlite')
const damagedFile = join(folder, 'damaged.sqlite')
let added: AddedAnomaly[]
let healthy: Database
let damaged: Database

beforeAll(async () => {
  await makeBulkLegacyDatabase({ file: healthyFile, transactions: 60, users: 2, seed: 21 })
  copyFileSync(healthyFile, damagedFile)
  added = addAnomalies(damagedFile)
  healthy = new BetterSqlite3(healthyFile, { readonly: true })
  damaged = new BetterSqlite3(damagedFile, { readonly: true })
})
afterAll(() => {
  healthy.close()
  damaged.close()
})

describe('hand-made anomalies', () => {
  it('have ids of their own and say which rows they touched', () => {
    expect(new Set(ANOMALIES.map(({ id }) => id)).size).toBe(ANOMALIES.length)
    expect(added.map(({ id }) => id)).toEqual(ANOMALIES.map(({ id }) => id))
    for (const { touched } of added) expect(touched.length).toBeGreaterThan(0)
  })

  it('leave every row that was there as it was', () => {
    const tables = healthy
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
      .pluck()
      .all() as string[]
    for (const table of tables) {
      const before = healthy.prepare(`select rowid as "#", * from "${table}" order by rowid`).all()
      const after = damaged.prepare(`select rowid as "#", * from "${table}" order by rowid limit ?`).all(before.length)
      expect(after, table).toEqual(before)
    }
  })

  it('never touch one row twice', () => {
    const keys = added.flatMap(({ touched }) => touched.map(({ table, key }) => `${table} ${key}`))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('can be added one at a time, and more than once', () => {
    const file = join(folder, 'some.sqlite')
    copyFileSync(healthyFile, file)
    expect(addAnomalies(file, ['empty-txid', 'duplicate-action']).map(({ id }) => id)).toEqual([
      'empty-txid',
      'duplicate-action',
    ])
    const again = addAnomalies(file, ['empty-txid'])
    expect(again).toHaveLength(1)
    expect(() => addAnomalies(file, ['no-such-damage'])).toThrow("There is no anomaly 'no-such-damage'.")
  })

  it('break no page and no unique index', () => {
    expect(damaged.pragma('integrity_check', { simple: true })).toBe('ok')
  })

  it.each(ANOMALIES.map(({ id, title }) => ({ id, title })))('$id: $title', ({ id }) => {
    const claim = CLAIMS[id]
    if (claim === undefined) throw new Error(`No test says what '${id}' does.`)
    claim(touchedBy(id))
  })
})

/** The touched rows of one anomaly, by table, in the order it named them. */
type Touched = Readonly<Record<string, Row[]>>

const PRIMARY_KEY: Readonly<Record<string, string>> = {
  transactions: 'transactionId',
  proven_txs: 'provenTxId',
  proven_tx_reqs: 'provenTxReqId',
  outputs: 'outputId',
  commissions: 'commissionId',
  output_baskets: 'basketId',
  output_tags: 'outputTagId',
}

function touchedBy(id: string): Touched {
  const rows: Record<string, Row[]> = {}
  for (const { table, key } of added.find((anomaly) => anomaly.id === id)?.touched ?? []) {
    const column = PRIMARY_KEY[table]
    const row =
      column === undefined ? { key } : damaged.prepare(`select * from "${table}" where "${column}" = ?`).get(key)
    ;(rows[table] ??= []).push(row as Row)
  }
  return rows
}

const one = (sql: string, ...values: unknown[]): unknown =>
  damaged
    .prepare(sql)
    .pluck()
    .get(...values)
const parentOf = (row: Row | undefined): Row =>
  damaged.prepare('select * from transactions where transactionId = ?').get(row?.['transactionId']) as Row
const txidOf = (rawTx: unknown): string => Utils.toHex(Hash.hash256([...(rawTx as Buffer)]).reverse())
const bothTwins = ({ transactions = [] }: Touched): void => {
  expect(transactions).toHaveLength(2)
  expect(transactions[0]?.['txid']).toBe(transactions[1]?.['txid'])
}
const sameUser = ({ transactions = [] }: Touched): boolean =>
  transactions[0]?.['userId'] === transactions[1]?.['userId']
const scriptInRawTx = (output: Row | undefined): boolean => {
  const proof = damaged
    .prepare('select rawTx from proven_txs where txid = ?')
    .pluck()
    .get(parentOf(output)['txid']) as Buffer
  const offset = Number(output?.['scriptOffset'])
  return proof.subarray(offset, offset + 25).equals(output?.['lockingScript'] as Buffer)
}

const timestampsAre =
  (kind: string, value: unknown) =>
  (touched: Touched): void => {
    for (const table of ['transactions', 'proven_txs', 'proven_tx_reqs', 'outputs']) {
      for (const row of touched[table] ?? []) expect(row['created_at']).toBe(value)
      expect(one(`select typeof(updated_at) from "${table}" where updated_at = ?`, value)).toBe(kind)
    }
  }
const satoshisAre =
  (value: number) =>
  ({ outputs = [] }: Touched): void =>
    expect(outputs[0]?.['satoshis']).toBe(value)
const historyIs =
  (value: string) =>
  ({ proven_tx_reqs: requests = [] }: Touched): void =>
    expect(requests[0]?.['history']).toBe(value)
const textHolds =
  (part: string) =>
  ({ transactions = [], outputs = [], output_baskets: baskets = [], output_tags: tags = [] }: Touched): void => {
    for (const text of [
      transactions[0]?.['description'],
      outputs[0]?.['customInstructions'],
      baskets[0]?.['name'],
      tags[0]?.['tag'],
    ]) {
      expect(text).toContain(part)
    }
    expect(
      one(
        'select label from tx_labels_map join tx_labels using (txLabelId) where transactionId = ? order by txLabelId desc',
        transactions[0]?.['transactionId'],
      ),
    ).toContain(part)
  }

/** What each anomaly must have done; one without a claim fails. */
const CLAIMS: Readonly<Record<string, (touched: Touched) => void>> = {
  'duplicate-action': (touched) => {
    bothTwins(touched)
    expect(sameUser(touched)).toBe(true)
    const [keeper, loser] = touched['transactions'] ?? []
    expect([keeper?.['status'], loser?.['status']]).toEqual(['completed', 'failed'])
    for (const row of [keeper, loser]) {
      expect(one('select count(*) from outputs where transactionId = ?', row?.['transactionId'])).toBe(2)
      expect(one('select count(*) from tx_labels_map where transactionId = ?', row?.['transactionId'])).toBe(1)
    }
    expect(touched['outputs']?.at(-1)?.['spentBy']).toBe(loser?.['transactionId'])
  },
  'duplicate-action-same-status': (touched) => {
    bothTwins(touched)
    expect(sameUser(touched)).toBe(true)
    expect(new Set(touched['outputs']?.map((output) => output['transactionId'])).size).toBe(2)
  },
  'duplicate-output-spent-twin': (touched) => {
    bothTwins(touched)
    const [first, second] = touched['outputs'] ?? []
    expect([first?.['txid'], first?.['vout']]).toEqual([second?.['txid'], second?.['vout']])
    expect([first?.['spentBy'], second?.['spentBy']]).toEqual([null, expect.any(Number)])
  },
  'users-disagree': (touched) => {
    bothTwins(touched)
    expect(sameUser(touched)).toBe(false)
    expect(touched['transactions']?.map(({ status }) => status)).toEqual(['completed', 'failed'])
  },
  'users-disagree-unproven': (touched) => {
    bothTwins(touched)
    expect(sameUser(touched)).toBe(false)
    expect(touched['transactions']?.map(({ status }) => status)).toEqual(['completed', 'unproven'])
  },
  'empty-txid': ({ transactions = [], outputs = [] }) => {
    for (const row of [...transactions, ...outputs]) expect(row['txid']).toBe('')
  },
  'upper-case-txid': ({ transactions = [] }) => {
    const txid = transactions[0]?.['txid'] as string
    expect(txid).toBe(txid.toUpperCase())
    expect(one('select count(*) from proven_tx_reqs where txid = ?', txid.toLowerCase())).toBe(1)
  },
  'requests-differ-in-case': ({ proven_tx_reqs: requests = [] }) => {
    expect(requests).toHaveLength(2)
    expect((requests[1]?.['txid'] as string).toLowerCase()).toBe(requests[0]?.['txid'])
    expect(requests[0]?.['status']).not.toBe(requests[1]?.['status'])
  },
  'proofs-differ-in-case': ({ proven_txs: proofs = [] }) => {
    expect(proofs).toHaveLength(2)
    expect((proofs[1]?.['txid'] as string).toLowerCase()).toBe(proofs[0]?.['txid'])
  },
  'output-txid-mismatch': ({ outputs = [] }) => {
    expect(outputs[0]?.['txid']).not.toBe(parentOf(outputs[0])['txid'])
    expect(scriptInRawTx(outputs[0])).toBe(true)
  },
  'output-txid-and-script-mismatch': ({ outputs = [] }) => {
    expect(outputs[0]?.['txid']).not.toBe(parentOf(outputs[0])['txid'])
    expect(scriptInRawTx(outputs[0])).toBe(false)
  },
  'orphan-proof': ({ proven_txs: proofs = [] }) => {
    for (const table of ['transactions', 'proven_tx_reqs']) {
      expect(one(`select count(*) from "${table}" where txid = ?`, proofs[0]?.['txid'])).toBe(0)
    }
  },
  'orphan-request': ({ proven_tx_reqs: requests = [] }) => {
    expect(one('select count(*) from transactions where txid = ?', requests[0]?.['txid'])).toBe(0)
  },
  'request-of-missing-proof': ({ transactions = [], proven_tx_reqs: requests = [] }) => {
    for (const row of [transactions[0], requests[0]]) {
      expect(row?.['provenTxId']).toEqual(expect.any(Number))
      expect(one('select count(*) from proven_txs where provenTxId = ?', row?.['provenTxId'])).toBe(0)
    }
  },
  'orphan-output': ({ outputs = [] }) => expect(parentOf(outputs[0])).toBeUndefined(),
  'orphan-label-map': () => {
    expect(
      one('select count(*) from tx_labels_map where transactionId not in (select transactionId from transactions)'),
    ).toBe(1)
    expect(one('select count(*) from tx_labels_map where txLabelId not in (select txLabelId from tx_labels)')).toBe(1)
  },
  'orphan-tag-map': () => {
    expect(one('select count(*) from output_tags_map where outputId not in (select outputId from outputs)')).toBe(1)
    expect(
      one('select count(*) from output_tags_map where outputTagId not in (select outputTagId from output_tags)'),
    ).toBe(1)
  },
  'orphan-commission': ({ commissions = [] }) => expect(parentOf(commissions[0])).toBeUndefined(),
  'dangling-spent-by': ({ outputs = [] }) => {
    expect(outputs[0]?.['spendable']).toBe(0)
    expect(one('select count(*) from transactions where transactionId = ?', outputs[0]?.['spentBy'])).toBe(0)
  },
  'dangling-spent-by-spendable': ({ outputs = [] }) => {
    expect(outputs[0]?.['spendable']).toBe(1)
    expect(one('select count(*) from transactions where transactionId = ?', outputs[0]?.['spentBy'])).toBe(0)
  },
  'foreign-output-owner': ({ outputs = [] }) => expect(outputs[0]?.['userId']).not.toBe(parentOf(outputs[0])['userId']),
  'unknown-transaction-status': ({ transactions = [] }) => expect(transactions[0]?.['status']).toBe('waiting'),
  'unknown-request-status': ({ proven_tx_reqs: requests = [] }) => expect(requests[0]?.['status']).toBe('notifying?'),
  'completed-without-proof': ({ transactions = [], proven_tx_reqs: requests = [] }) => {
    for (const row of [transactions[0], requests[0]])
      expect(row).toMatchObject({ status: 'completed', provenTxId: null })
    expect(one('select count(*) from proven_txs where txid = ?', transactions[0]?.['txid'])).toBe(0)
  },
  'completed-with-nothing': ({ transactions = [] }) => {
    expect(transactions[0]).toMatchObject({ status: 'completed', provenTxId: null })
    expect(one('select count(*) from proven_tx_reqs where txid = ?', transactions[0]?.['txid'])).toBe(0)
  },
  'stale-request': ({ proven_tx_reqs: requests = [] }) => {
    expect(requests[0]).toMatchObject({ status: 'unmined', provenTxId: null })
    expect(one('select count(*) from proven_txs where txid = ?', requests[0]?.['txid'])).toBe(1)
  },
  'failed-although-proven': ({ transactions = [] }) => {
    expect(transactions[0]).toMatchObject({ status: 'failed', provenTxId: null })
    expect(one('select count(*) from proven_txs where txid = ?', transactions[0]?.['txid'])).toBe(1)
  },
  'phantom-coin': ({ outputs = [] }) => expectPhantom(outputs[0], 'unmined'),
  'phantom-coin-of-failed': ({ outputs = [] }) => expectPhantom(outputs[0], 'completed'),
  'immature-coinbase': ({ outputs = [] }) => {
    const proof = damaged.prepare('select * from proven_txs where txid = ?').get(outputs[0]?.['txid']) as Row
    expect(proof['index']).toBe(0)
    expect(Transaction.fromBinary([...(proof['rawTx'] as Buffer)]).inputs[0]?.sourceTXID).toBe('00'.repeat(32))
    expect(Number(proof['height']) + 100).toBeGreaterThan(Number(one('select max(height) from proven_txs')))
  },
  'raw-tx-hash-mismatch': ({ proven_tx_reqs: requests = [] }) =>
    expect(txidOf(requests[0]?.['rawTx'])).not.toBe(requests[0]?.['txid']),
  'raw-tx-not-a-transaction': ({ proven_tx_reqs: requests = [] }) => {
    expect((requests[0]?.['rawTx'] as Buffer).length).toBe(4)
  },
  'missing-raw-tx': ({ transactions = [] }) => {
    expect(one('select rawTx from proven_tx_reqs where txid = ?', transactions[0]?.['txid'])).toBeNull()
    expect(transactions[0]?.['rawTx']).toBeNull()
  },
  'missing-raw-tx-no-request': ({ transactions = [] }) => {
    expect(transactions[0]).toMatchObject({
      status: 'sending',
      rawTx: null,
      txid: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
    expect(one('select count(*) from proven_tx_reqs where txid = ?', transactions[0]?.['txid'])).toBe(0)
  },
  'bad-proof': ({ proven_txs: proofs = [] }) => {
    const path = MerklePath.fromBinary([...(proofs[0]?.['merklePath'] as Buffer)])
    expect(path.path[0]?.some(({ hash }) => hash === proofs[0]?.['txid'])).toBe(false)
  },
  'unreadable-proof': ({ proven_txs: proofs = [] }) => expect((proofs[0]?.['merklePath'] as Buffer).length).toBe(9),
  'missing-script': ({ outputs = [] }) =>
    expect(outputs[0]).toMatchObject({ lockingScript: null, scriptOffset: null, scriptLength: null }),
  'script-only-in-raw-tx': ({ outputs = [] }) =>
    expect(outputs[0]).toMatchObject({ lockingScript: null, scriptLength: 25 }),
  'script-slice-outside': ({ outputs = [] }) => {
    const length = one('select length(rawTx) from proven_txs where txid = ?', outputs[0]?.['txid'])
    expect(Number(outputs[0]?.['scriptOffset'])).toBeGreaterThan(Number(length))
  },
  'timestamps-sql-text': timestampsAre('text', '2024-03-01 10:20:30'),
  'timestamps-sql-text-ms': timestampsAre('text', '2024-03-01 10:20:30.123'),
  'timestamps-epoch-ms': timestampsAre('integer', 1_709_288_430_123),
  'timestamps-iso-offset': timestampsAre('text', '2024-03-01T12:20:30.123+02:00'),
  'timestamps-unreadable': timestampsAre('text', 'last Tuesday'),
  'satoshis-2.1e15': satoshisAre(2_100_000_000_000_000),
  'satoshis-zero': satoshisAre(0),
  'satoshis-above-supply': satoshisAre(2_100_000_000_000_001),
  'satoshis-negative': satoshisAre(-1),
  'broken-history': historyIs('{"notes":[{"what":"status","status_'),
  'empty-history': historyIs(''),
  'history-not-an-object': historyIs('["a", "list"]'),
  'hostile-text-nul': textHolds('\u0000after'),
  'hostile-text-quotes': textHolds(`it's "quoted"`),
  'hostile-text-markup': textHolds('<script>'),
  'hostile-text-unicode': textHolds('\u202eright'),
}

function expectPhantom(coin: Row | undefined, request: string): void {
  expect(coin).toMatchObject({ spendable: 1, spentBy: null })
  const spenders = damaged
    .prepare('select rawTx from proven_tx_reqs where status = ?')
    .pluck()
    .all(request) as (Buffer | null)[]
  const consumed = spenders
    .filter((rawTx) => rawTx !== null)
    .filter((rawTx) => rawTx.length > 60)
    .flatMap((rawTx) => Transaction.fromBinary([...rawTx]).inputs)
    .map(({ sourceTXID, sourceOutputIndex }) => `${sourceTXID}.${sourceOutputIndex}`)
  expect(consumed).toContain(`${String(coin?.['txid'])}.${String(coin?.['vout'])}`)
}
