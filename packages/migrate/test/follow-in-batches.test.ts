import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differencesOf, dumpTables } from './support/dump-tables.js'
import { backfill, backfillAnew, backfillKeyByKey, followOneBatch, verifyFailures } from './support/follow.js'
import { makeEmptyWallet } from './support/make-empty-wallet.js'
import { copyWallet, MEMORY_FOLDER, temporaryFolder, withLegacyConnection } from './support/wallet-file.js'

const folder = temporaryFolder('follow-in-batches', MEMORY_FOLDER)
const empty = makeEmptyWallet(join(folder, 'empty.sqlite'))

const txid = (byte: string): string => `'${byte.repeat(32)}'`

const transaction = (id: number, of: string, rest: { user?: number; status?: string } = {}): string =>
  `insert into transactions (transactionId, userId, txid, status, reference, isOutgoing, satoshis, description)
   values (${id}, ${rest.user ?? 1}, ${of}, '${rest.status ?? 'unproven'}', 'reference ${id}', 1, 5, 'd');`

const output = (id: number, owner: number, rest: { vout?: number; spentBy?: number; user?: number } = {}): string =>
  `insert into outputs (outputId, userId, transactionId, vout, satoshis, providedBy, purpose, type, change, spendable, spentBy)
   values (${id}, ${rest.user ?? 1}, ${owner}, ${rest.vout ?? 0}, 5, 'you', '', 'custom', 0, 1, ${rest.spentBy ?? 'null'});`

const proof = (id: number, of: string): string =>
  `insert into proven_txs (provenTxId, txid, height, "index", merklePath, rawTx, blockHash, merkleRoot)
   values (${id}, ${of}, 9, 1, x'00', x'00', 'b', 'c');`

/** Writes whose captured keys are followed one by one, with the rest of them waiting. */
const CASES: readonly { readonly title: string; readonly before: string; readonly meanwhile: string }[] = [
  {
    title: 'a proof whose txid is in upper case gets another number',
    before: transaction(1, txid('aa')) + proof(1, txid('AA')),
    meanwhile: `update transactions set status = 'failed' where transactionId = 1; update proven_txs set provenTxId = 2 where provenTxId = 1;`,
  },
  {
    title: 'labels, tags and commissions are written before what they belong to',
    before: transaction(1, txid('aa')),
    meanwhile: `insert into tx_labels_map (txLabelId, transactionId) values (101, 2);
      insert into output_tags_map (outputTagId, outputId) values (101, 20);
      insert into commissions (commissionId, userId, transactionId, satoshis, keyOffset, lockingScript) values (1, 1, 2, 5, 'k', x'51');
      ${transaction(2, txid('bb'))} ${output(20, 2)}`,
  },
  {
    title: 'a row takes the txid another one has, and gives its own away',
    before: transaction(1, txid('aa')) + transaction(2, txid('bb')) + transaction(3, txid('cc')) + output(10, 2),
    meanwhile: `update transactions set status = 'failed' where transactionId = 3;
      update transactions set txid = ${txid('bb')} where transactionId = 3;
      update transactions set txid = ${txid('aa')} where transactionId = 2;
      update transactions set userId = 2 where transactionId = 1;`,
  },
  {
    title: 'a spender is deleted after the output it made went elsewhere',
    before: transaction(1, txid('aa')) + transaction(5, txid('bb')) + output(10, 5) + output(24, 1, { spentBy: 5 }),
    meanwhile: `update outputs set transactionId = 1, vout = 7 where outputId = 10; delete from transactions where transactionId = 5;`,
  },
  {
    title: 'an owner is deleted, and what hangs on it stays',
    before:
      transaction(1, txid('aa')) +
      transaction(5, txid('bb')) +
      output(10, 5) +
      `insert into tx_labels_map (txLabelId, transactionId) values (101, 5);
       insert into commissions (commissionId, userId, transactionId, satoshis, keyOffset, lockingScript) values (1, 1, 5, 5, 'k', x'51');`,
    meanwhile: `update outputs set satoshis = 6 where outputId = 10; delete from transactions where transactionId = 5;`,
  },
  {
    title: 'the spender a duplicate names arrives, and its rival leaves the place',
    before:
      transaction(1, txid('aa')) +
      transaction(2, txid('aa')) +
      output(10, 1) +
      output(11, 2, { spentBy: 9 }) +
      output(12, 2, { user: 2, spentBy: 9 }),
    meanwhile: `${transaction(9, txid('cc'))} update outputs set vout = 5 where outputId = 12; delete from outputs where outputId = 10;
      delete from transactions where transactionId = 9;`,
  },
]

const write = (file: string, sql: string): void =>
  withLegacyConnection(file, (database) => {
    database.pragma('foreign_keys = off')
    database.exec(sql)
  })

const expectAsAnew = async (file: string): Promise<void> =>
  expect(
    differencesOf(withLegacyConnection(file, dumpTables), await backfillAnew(file, join(folder, 'fresh.sqlite'))),
  ).toEqual({})

test.each(CASES)('$title', async ({ before, meanwhile }) => {
  const file = copyWallet(empty, join(folder, 'followed.sqlite'))
  write(file, before)
  await backfill(file)
  write(file, meanwhile)
  let taken: number
  do {
    expect(await verifyFailures(file)).toEqual([])
    taken = await followOneBatch(file, 1)
  } while (taken > 0)
  await expectAsAnew(file)
})

test('a placeholder was made for two outputs, and one goes elsewhere before the pass comes to it', async () => {
  const file = copyWallet(empty, join(folder, 'followed.sqlite'))
  write(file, transaction(1, txid('aa')) + output(10, 15, { user: 2 }) + output(20, 15, { vout: 1 }))
  let isMoved = false
  await backfillKeyByKey(file, (stage) => {
    if (stage !== 'outputs' || isMoved) return
    write(file, `update outputs set transactionId = 1 where outputId = 20`)
    isMoved = true
  })
  expect(isMoved).toBe(true)
  await expectAsAnew(file)
})
