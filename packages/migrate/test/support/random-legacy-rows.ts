import { createHash } from 'node:crypto'
import { MerklePath } from '@bsv/sdk'
import type { Database } from 'better-sqlite3'

const TABLES = [
  'transactions',
  'outputs',
  'proven_tx_reqs',
  'proven_txs',
  'commissions',
  'tx_labels_map',
  'output_tags_map',
] as const

type LegacyTableName = (typeof TABLES)[number]

/** One write of an application that does whatever the legacy schema lets it do. Numbers choose the values, so that it shrinks. */
export interface LegacyWrite {
  readonly kind: 'insert' | 'replace' | 'update' | 'rekey' | 'delete'
  readonly table: number
  readonly picks: readonly number[]
}

const KINDS: readonly LegacyWrite['kind'][] = [
  'insert',
  'insert',
  'insert',
  'replace',
  'update',
  'update',
  'rekey',
  'delete',
]

/** A write from thirteen numbers, whatever they are. */
export function legacyWrite(numbers: readonly number[]): LegacyWrite {
  const [kind = 0, table = 0, ...picks] = numbers
  return {
    kind: KINDS[kind % KINDS.length] ?? 'insert',
    table: TABLE_WEIGHTS[table % TABLE_WEIGHTS.length] ?? 0,
    picks,
  }
}

/** How many numbers `legacyWrite` uses. */
export const NUMBERS_PER_WRITE = 14

const TABLE_WEIGHTS = [0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6]

/** Does the write; one the legacy schema refuses changes nothing. */
export function doLegacyWrite(database: Database, { kind, table, picks }: LegacyWrite): void {
  const name = TABLES[table] ?? 'transactions'
  const row = ROWS[name](new Picks(picks))
  const columns = Object.keys(row)
  const [key = '', second = ''] = columns
  try {
    if (kind === 'insert' || kind === 'replace') {
      const verb = kind === 'replace' ? 'insert or replace' : 'insert'
      const values = columns.map(() => '?').join(', ')
      database
        .prepare(`${verb} into ${name} (${columns.map((column) => `"${column}"`).join(', ')}) values (${values})`)
        .run(...Object.values(row))
      return
    }
    const where = name.endsWith('_map') ? `"${key}" = @key and "${second}" = @second` : `"${key}" = @key`
    const which = { key: row[key], second: row[second] }
    if (kind === 'delete') {
      database.prepare(`delete from ${name} where ${where}`).run(which)
    } else if (kind === 'rekey') {
      const to = (row[key] as number) + 1
      const orReplace = (picks[0] ?? 0) % 2 === 0 ? 'or replace ' : ''
      database.prepare(`update ${orReplace}${name} set "${key}" = @to where ${where}`).run({ ...which, to })
    } else {
      const changed = columns[1 + ((picks.at(-1) ?? 0) % (columns.length - 1))] ?? second
      database.prepare(`update ${name} set "${changed}" = @to where ${where}`).run({ ...which, to: row[changed] })
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT'))) throw error
  }
}

type Row = Record<string, string | number | Buffer | null>

/** Reads choices off a list of numbers; beyond its end every choice is the first. */
class Picks {
  readonly #numbers: readonly number[]
  #at = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  number(below: number): number {
    const number = this.#numbers[this.#at] ?? 0
    this.#at += 1
    return number % below
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.number(choices.length)] as T
  }
}

const TX_STATUSES = [
  'completed',
  'unproven',
  'unsigned',
  'failed',
  'sending',
  'unprocessed',
  'nosend',
  'nonfinal',
  'unfail',
  'strange',
]
const REQUEST_STATUSES = [
  'completed',
  'unmined',
  'unsent',
  'sending',
  'invalid',
  'doubleSpend',
  'nosend',
  'unknown',
  'callback',
  'unprocessed',
  'unconfirmed',
  'nonfinal',
  'unfail',
  'strange',
]
const TIMES: readonly (string | number)[] = [
  '2025-01-01T00:00:00.000Z',
  '2025-06-01T12:00:00.123Z',
  '2025-02-03 04:05:06',
  1_735_689_600_000,
  '2024-12-31T23:59:59.999Z',
  'yesterday',
]

interface KnownTransaction {
  readonly txid: string
  readonly rawTx: Buffer
  readonly path: Buffer
  readonly root: string
  readonly height: number
  readonly scripts: readonly Buffer[]
}

/** Transactions that spend each other, and the first is a coinbase: two of them spend the same output here and there. */
const KNOWN: readonly KnownTransaction[] = makeTransactions(12)

function makeTransactions(count: number): KnownTransaction[] {
  const made: KnownTransaction[] = []
  for (let index = 0; index < count; index += 1) {
    const outpoints: [string, number][] =
      index === 0
        ? [['0'.repeat(64), 0xffffffff]]
        : [
            [made[index >> 1]?.txid ?? 'ee'.repeat(32), index % 2],
            [index % 3 === 0 ? 'dd'.repeat(32) : (made[index - 1]?.txid ?? ''), index % 3 === 1 ? 1 : 0],
          ]
    const scripts = [0, 1, 2].map((vout) =>
      Buffer.from(`76a914${Buffer.alloc(20, index * 3 + vout + 1).toString('hex')}88ac`, 'hex'),
    )
    const rawTx = Buffer.concat([
      Buffer.from([1, 0, 0, 0, outpoints.length]),
      ...outpoints.map(([txid, vout]) =>
        Buffer.concat([Buffer.from(txid, 'hex').reverse(), uint32(vout), Buffer.from([1, index]), uint32(0xffffffff)]),
      ),
      Buffer.from([scripts.length]),
      ...scripts.map((script) =>
        Buffer.concat([uint32(1000 + index), uint32(0), Buffer.from([script.length]), script]),
      ),
      uint32(0),
    ])
    const txid = sha256d(rawTx).reverse().toString('hex')
    const height = index === 0 ? 5 : 100 + index
    const place = index === 0 ? 0 : 1
    const path = new MerklePath(height, [
      [
        { offset: place, hash: txid, txid: true },
        { offset: 1 - place, hash: 'ab'.repeat(32) },
      ].sort((one, other) => one.offset - other.offset),
    ])
    made.push({ txid, rawTx, path: Buffer.from(path.toBinary()), root: path.computeRoot(txid), height, scripts })
  }
  return made
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function sha256d(bytes: Buffer): Buffer {
  const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest()
  return sha256(sha256(bytes))
}

/** Mostly the first choice, else one of the others. */
function mostly<T>(picks: Picks, usual: T, others: readonly T[]): T {
  const number = picks.number(8 + others.length)
  return others[number - 8] ?? usual
}

function times(picks: Picks): Row {
  return {
    created_at: mostly(picks, TIMES[0] ?? '', TIMES),
    updated_at: mostly(picks, TIMES[1] ?? '', TIMES),
  }
}

function known(picks: Picks): KnownTransaction {
  return picks.one(KNOWN)
}

const ROWS: Readonly<Record<LegacyTableName, (picks: Picks) => Row>> = {
  transactions: (picks) => {
    const id = 1 + picks.number(14)
    const { txid, rawTx } = known(picks)
    return {
      transactionId: id,
      txid: mostly(picks, txid, [null, null, '', txid.toUpperCase()]),
      userId: 1 + picks.number(3),
      status: picks.one(TX_STATUSES),
      rawTx: mostly(picks, rawTx, [null, KNOWN[3]?.rawTx ?? null]),
      inputBEEF: picks.one([null, Buffer.from([id])]),
      reference: `reference ${mostly(picks, id, [1, 2, 3])}`,
      isOutgoing: picks.number(2),
      satoshis: mostly(picks, id * 100, [-5, 0, 21e14]),
      description: picks.one(['a', `it's <b>`, null]),
      version: 1,
      lockTime: 0,
      ...times(picks),
    }
  },
  proven_tx_reqs: (picks) => {
    const id = 1 + picks.number(14)
    const { txid, rawTx } = known(picks)
    return {
      provenTxReqId: id,
      txid: mostly(picks, txid, [txid.toUpperCase()]),
      status: picks.one(REQUEST_STATUSES),
      rawTx: mostly(picks, rawTx, [null, KNOWN[4]?.rawTx ?? null]),
      wasBroadcast: picks.number(2),
      attempts: picks.number(4),
      history: mostly(picks, `{"notes":[{"what":"note ${id}"}]}`, ['broken {', '[]']),
      notify: '{"transactionIds":[1]}',
      inputBEEF: picks.one([null, Buffer.from([id, id])]),
      batch: picks.one([null, 'batch']),
      ...times(picks),
    }
  },
  proven_txs: (picks) => {
    const id = 1 + picks.number(14)
    const transaction = known(picks)
    const other = known(picks)
    const proof = mostly(picks, transaction, [other])
    return {
      provenTxId: id,
      txid: mostly(picks, transaction.txid, [transaction.txid.toUpperCase()]),
      merklePath: proof.path,
      merkleRoot: proof.root,
      height: proof.height,
      index: proof.height === 5 ? 0 : 1,
      blockHash: 'bb'.repeat(32),
      rawTx: mostly(picks, transaction.rawTx, [other.rawTx, Buffer.alloc(0)]),
      ...times(picks),
    }
  },
  outputs: (picks) => {
    const id = 1 + picks.number(24)
    const transaction = known(picks)
    const vout = picks.number(3)
    return {
      outputId: id,
      transactionId: 1 + picks.number(15),
      userId: 1 + picks.number(3),
      vout,
      spentBy: picks.one([null, null, 1, 2, 3, 4, 5, 6, 7, 8, 20]),
      spendable: picks.number(2),
      txid: mostly(picks, transaction.txid, [null, transaction.txid.toUpperCase()]),
      lockingScript: mostly(picks, transaction.scripts[vout] ?? null, [null, Buffer.from([1])]),
      satoshis: mostly(picks, 1000 + id, [0, -1, 22e14]),
      basketId: picks.one([101, 102, 103, null]),
      purpose: mostly(picks, 'change', ['storage-commission', '']),
      scriptOffset: picks.one([null, 0, 60]),
      scriptLength: 25,
      change: picks.number(2),
      providedBy: 'storage',
      type: 'P2PKH',
      ...times(picks),
    }
  },
  commissions: (picks) => ({
    commissionId: 1 + picks.number(8),
    transactionId: 1 + picks.number(15),
    userId: 1 + picks.number(3),
    satoshis: 100 + picks.number(3),
    keyOffset: 'offset',
    isRedeemed: picks.number(2),
    lockingScript: Buffer.from([picks.number(200)]),
    ...times(picks),
  }),
  tx_labels_map: (picks) => ({
    txLabelId: 101 + picks.number(4),
    transactionId: 1 + picks.number(15),
    isDeleted: picks.number(2),
    ...times(picks),
  }),
  output_tags_map: (picks) => ({
    outputTagId: 101 + picks.number(4),
    outputId: 1 + picks.number(26),
    isDeleted: picks.number(2),
    ...times(picks),
  }),
}
