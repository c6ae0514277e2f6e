import type { Database } from 'better-sqlite3'
import { seededRandom } from '../seeded-random.js'
import type { Anomaly, TouchedKey } from './anomaly.js'
import {
  firstUser,
  insert,
  insertSampleOutput,
  labelId,
  type SampleAction,
  sampleAction,
  secondUser,
} from './sample-action.js'

/** One txid held more than once, by one user or by several. */
export const DUPLICATES: readonly Anomaly[] = [
  {
    id: 'duplicate-action',
    title: 'One user holds one txid twice: completed and failed, outputs and labels on both, a coin spent by the loser',
    finding: 'duplicate-action',
    apply: (database) => {
      const parent = sampleAction(database)
      const keeper = sampleAction(database, { inputs: [{ txid: parent.txid, vout: 0 }] })
      const loser = twin(database, keeper, keeper.userId, 'failed')
      insert(database, 'tx_labels_map', {
        txLabelId: labelId(database, keeper.userId, 'only on the loser'),
        transactionId: loser,
        isDeleted: 0,
      })
      const twins = outputsOfTwin(database, keeper, keeper.userId, loser, [0, 1])
      // By its row the coin was spent by the loser.
      database
        .prepare('update outputs set spendable = 0, spentBy = ? where outputId = ?')
        .run(loser, parent.outputIds[0])
      return [
        { table: 'transactions', key: keeper.transactionId },
        { table: 'transactions', key: loser },
        ...outputKeys([...keeper.outputIds, ...twins, ...parent.outputIds.slice(0, 1)]),
      ]
    },
  },
  {
    id: 'duplicate-action-same-status',
    title: 'One user holds one txid twice, both unproven; only the later row has the second output',
    finding: 'duplicate-action',
    apply: (database) => {
      const first = sampleAction(database, { status: 'unproven', request: 'unmined', satoshis: [4_000, 2_000] })
      const second = twin(database, first, first.userId, 'unproven')
      database.prepare('update outputs set transactionId = ? where outputId = ?').run(second, first.outputIds[1])
      return [
        { table: 'transactions', key: first.transactionId },
        { table: 'transactions', key: second },
        ...outputKeys(first.outputIds),
      ]
    },
  },
  {
    id: 'duplicate-output-spent-twin',
    title: 'Two rows of one coin on two rows of one txid, one of them spent',
    finding: 'duplicate-output',
    apply: (database) => {
      const keeper = sampleAction(database, { satoshis: [9_000] })
      const loser = twin(database, keeper, keeper.userId, 'unproven')
      const twins = outputsOfTwin(database, keeper, keeper.userId, loser, [0])
      const spender = sampleAction(database, {
        status: 'unproven',
        request: 'unmined',
        inputs: [{ txid: keeper.txid, vout: 0 }],
      })
      database
        .prepare('update outputs set spendable = 0, spentBy = ? where outputId = ?')
        .run(spender.transactionId, twins[0])
      return [
        { table: 'transactions', key: keeper.transactionId },
        { table: 'transactions', key: loser },
        ...outputKeys([...keeper.outputIds, ...twins]),
      ]
    },
  },
  {
    id: 'users-disagree',
    title: 'Two users of one transaction: completed for one, failed for the other',
    finding: 'users-disagree',
    apply: (database) => disagree(database, 'failed'),
  },
  {
    id: 'users-disagree-unproven',
    title: 'Two users of one transaction: completed for one, still unproven for the other',
    finding: 'users-disagree',
    apply: (database) => disagree(database, 'unproven'),
  },
]

function disagree(database: Database, status: string): TouchedKey[] {
  const action = sampleAction(database, { userId: firstUser(database), satoshis: [5_000, 6_000] })
  const other = secondUser(database)
  const theirs = twin(database, action, other, status)
  // The first output is the payer's, the second the payee's.
  const [theirOutput = 0] = outputsOfTwin(database, action, other, theirs, [1])
  database.prepare('delete from outputs where outputId = ?').run(action.outputIds[1])
  return [
    { table: 'transactions', key: action.transactionId },
    { table: 'transactions', key: theirs },
    { table: 'outputs', key: theirOutput },
  ]
}

function twin(database: Database, { txid, provenTxId }: SampleAction, userId: number, status: string): number {
  return insert(database, 'transactions', {
    userId,
    provenTxId: status === 'completed' ? provenTxId : null,
    status,
    reference: `twin ${txid.slice(0, 20)} ${userId}`,
    isOutgoing: 0,
    satoshis: 1_000,
    version: 1,
    lockTime: 0,
    description: 'The same transaction once more',
    txid,
  })
}

function outputsOfTwin(
  database: Database,
  { raw }: SampleAction,
  userId: number,
  transactionId: number,
  vouts: readonly number[],
): number[] {
  const random = seededRandom(transactionId)
  return vouts.map((vout) => {
    const satoshis = Number(raw.bytes.readBigUInt64LE((raw.scriptOffsets[vout] ?? 0) - 9))
    return insertSampleOutput(database, { userId, transactionId, raw, vout, satoshis, random })
  })
}

function outputKeys(outputIds: readonly number[]): TouchedKey[] {
  return outputIds.map((key) => ({ table: 'outputs', key }))
}
