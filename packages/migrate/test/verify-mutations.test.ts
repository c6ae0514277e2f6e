import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { addAnomalies, makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { knex, type Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCapture } from '../src/knex/capture.js'
import { cutover } from '../src/knex/cutover.js'
import { expand } from '../src/knex/expand.js'
import { markVerified } from '../src/knex/mark-verified.js'
import { runKnexBackfill } from '../src/knex/run-knex-backfill.js'
import { verifyMigration, type VerifyReport } from '../src/knex/verify/verify-migration.js'

/** One thing put wrong by hand, and the checks that must notice. */
interface Mutation {
  readonly what: string
  readonly sql: string
  readonly fails: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'txkeep-mutations-'))
const backfilled = join(folder, 'backfilled.sqlite')
const swapped = join(folder, 'swapped.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({
    file: backfilled,
    seed: 5,
    actions: 40,
    users: 2,
    commission: { satoshis: 100, publicKeyHex: '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798' },
  })
  addAnomalies(backfilled, ['phantom-coin', 'duplicate-action', 'orphan-output', 'broken-history'])
  await withDatabase(backfilled, async (database) => {
    await expand(database)
    await startCapture(database)
    await runKnexBackfill(database)
  })
  copyFileSync(backfilled, swapped)
  await withDatabase(swapped, async (database) => {
    await markVerified(database)
    await cutover(database)
  })
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true }))

async function withDatabase<T>(filename: string, work: (database: Knex) => Promise<T>): Promise<T> {
  const database = knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true })
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}

/** Verifies a copy of `source` after `sql` was done to it with every guard of the engine off. */
async function verifyMutated(source: string, sql: string, keepOutboxes = false): Promise<VerifyReport> {
  const copy = join(folder, 'mutated.sqlite')
  copyFileSync(source, copy)
  const raw = new BetterSqlite3(copy)
  raw.pragma('foreign_keys = off')
  raw.pragma('ignore_check_constraints = on')
  raw.unsafeMode(true)
  raw.function('moved to the txkeep schema', () => null)
  const fences = raw
    .prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'txk_fence%'`)
    .all()
  for (const { name } of fences as { name: string }[]) raw.exec(`DROP TRIGGER "${name}"`)
  raw.exec(sql)
  for (const { name, sql: text } of fences as { name: string; sql: string }[]) {
    if (!sql.includes(name)) raw.exec(text)
  }
  if (!keepOutboxes) {
    raw.exec('DELETE FROM migration_outbox')
    raw.exec('DELETE FROM migration_reverse_outbox')
  }
  raw.close()
  return await withDatabase(copy, async (database) => await verifyMigration(database))
}

function failed({ checks }: VerifyReport): string[] {
  return checks.filter(({ ok }) => !ok).map(({ id }) => id)
}

test('an unharmed database passes every check, before and after the swap', async () => {
  expect(failed(await verifyMutated(backfilled, 'SELECT 1'))).toEqual([])
  expect(failed(await verifyMutated(swapped, 'SELECT 1'))).toEqual([])
})

const SPENDABLE = 'outputId = (SELECT min(outputId) FROM outputs WHERE spendable = 1)'
const SPENT = 'outputId = (SELECT min(outputId) FROM outputs WHERE spentByActionId IS NOT NULL)'
const PROVEN = `transactionId = (SELECT min(transactionId) FROM transactions WHERE processing = 'confirmed')`
const DRAFT = `actionId = (SELECT min(a.actionId) FROM actions a JOIN outputs o ON o.actionId = a.actionId WHERE a.transactionId IS NULL AND a.user_aborted = 0)`

/** Done to our rows, whatever their tables are called. */
const OUR_ROWS: readonly Mutation[] = [
  {
    what: 'a coin one satoshi short',
    sql: `UPDATE outputs SET satoshis = satoshis - 1 WHERE ${SPENDABLE}`,
    fails: ['columns.outputs'],
  },
  {
    what: 'a script with one bit flipped',
    sql: `UPDATE outputs SET lockingScript = CAST(X'00' || substr(lockingScript, 2) AS BLOB) WHERE outputId = (SELECT min(outputId) FROM outputs WHERE lockingScript IS NOT NULL)`,
    fails: ['bytes.scripts'],
  },
  {
    what: 'a coin of another user',
    sql: `UPDATE outputs SET userId = 3 - userId WHERE ${SPENDABLE}`,
    fails: ['columns.outputs'],
  },
  {
    what: 'a coin in another basket',
    sql: `UPDATE outputs SET basketId = NULL WHERE outputId = (SELECT min(outputId) FROM outputs WHERE basketId IS NOT NULL)`,
    fails: ['links.outputs'],
  },
  {
    what: 'a coin of another action',
    sql: `UPDATE outputs SET actionId = actionId + 1, vout = vout + 1000 WHERE ${SPENDABLE}`,
    fails: ['links.outputs', 'columns.outputs'],
  },
  {
    what: 'a spent coin set free',
    sql: `UPDATE outputs SET spentByActionId = NULL WHERE ${SPENT}`,
    fails: ['links.outputs'],
  },
  {
    what: 'a coin spent by somebody else',
    sql: `UPDATE outputs SET spentByActionId = spentByActionId + 1 WHERE ${SPENT}`,
    fails: ['links.outputs'],
  },
  {
    what: 'a phantom coin come back',
    sql: `UPDATE outputs SET spentByActionId = NULL, withheld = NULL WHERE outputId = (SELECT key1 FROM migration_findings WHERE class = 'phantom-coin' ORDER BY key1 + 0 DESC LIMIT 1)`,
    fails: ['coins.consumed', 'links.outputs'],
  },
  {
    what: 'a derivation suffix lost',
    sql: `UPDATE outputs SET derivationSuffix = NULL WHERE ${SPENDABLE}`,
    fails: ['columns.outputs'],
  },
  {
    what: 'a coin gone',
    sql: `DELETE FROM outputs WHERE ${SPENDABLE}`,
    fails: ['rows.outputs', 'coins.spendable-set', 'coins.spendable-count', 'coins.spendable-holdings'],
  },
  {
    what: 'a coin out of nowhere',
    sql: `INSERT INTO outputs (outputId, userId, actionId, vout, satoshis, providedBy, purpose, type) SELECT 999999999, userId, actionId, 999, 5, 'you', '', 'custom' FROM actions LIMIT 1`,
    fails: ['rows.outputs'],
  },
  {
    what: 'a coin that may not be spent said to be spendable',
    sql: `UPDATE outputs SET spendable = 1 WHERE outputId = (SELECT min(outputId) FROM outputs WHERE spendable = 0)`,
    fails: ['coins.flags', 'coins.rule', 'coins.spendable-set'],
  },
  {
    what: 'a coin said not to be spendable',
    sql: `UPDATE outputs SET spendable = 0 WHERE ${SPENDABLE}`,
    fails: ['coins.flags', 'coins.rule', 'coins.spendable-set'],
  },
  {
    what: 'a pending coin forgotten',
    sql: `UPDATE outputs SET pending = 0 WHERE outputId = (SELECT min(outputId) FROM outputs WHERE pending = 1)`,
    fails: ['coins.flags', 'coins.rule'],
  },
  {
    what: 'a coin withheld without a reason of the rules',
    sql: `UPDATE outputs SET withheld = 'operator' WHERE ${SPENDABLE}`,
    fails: ['coins.withheld'],
  },
  {
    what: 'a commission that is offered',
    sql: `UPDATE outputs SET withheld = NULL WHERE outputId = (SELECT min(outputId) FROM outputs WHERE withheld = 'commission')`,
    fails: ['coins.withheld'],
  },
  {
    what: 'an action gone',
    sql: `DELETE FROM actions WHERE actionId = (SELECT max(actionId) FROM actions)`,
    fails: ['rows.actions', 'links.orphans'],
  },
  {
    what: 'an action too many',
    sql: `INSERT INTO actions (actionId, userId, reference) VALUES (999999999, 1, 'out of nowhere')`,
    fails: ['rows.actions'],
  },
  {
    what: 'an action with another text',
    sql: `UPDATE actions SET description = description || ' ' WHERE actionId = 1`,
    fails: ['columns.actions'],
  },
  {
    what: 'an action of another user',
    sql: `UPDATE actions SET userId = 3 - userId WHERE actionId = 1`,
    fails: ['columns.actions'],
  },
  {
    what: 'an action with another amount',
    sql: `UPDATE actions SET satoshis_delta = satoshis_delta + 1 WHERE actionId = 1`,
    fails: ['columns.actions'],
  },
  {
    what: 'a draft with a transaction',
    sql: `UPDATE actions SET transactionId = (SELECT max(t.transactionId) FROM transactions t WHERE NOT EXISTS (
      SELECT 1 FROM actions a WHERE a.transactionId = t.transactionId AND a.userId = actions.userId)) WHERE ${DRAFT}`,
    fails: ['drafts'],
  },
  {
    what: 'a signed action without its transaction',
    sql: `UPDATE actions SET transactionId = NULL WHERE actionId = (SELECT min(actionId) FROM actions WHERE transactionId IS NOT NULL)`,
    fails: ['drafts'],
  },
  {
    what: 'a draft without its outputs',
    sql: `DELETE FROM outputs WHERE actionId = (SELECT actionId FROM actions WHERE ${DRAFT})`,
    fails: ['rows.outputs'],
  },
  {
    what: 'a draft without its input BEEF',
    sql: `UPDATE actions SET draft_input_beef = NULL WHERE actionId = (SELECT min(actionId) FROM actions WHERE draft_input_beef IS NOT NULL)`,
    fails: ['drafts'],
  },
  {
    what: 'an abort that did not happen',
    sql: `UPDATE actions SET user_aborted = 1 WHERE actionId = (SELECT actionId FROM outputs WHERE ${SPENDABLE})`,
    fails: ['flags.actions', 'coins.rule'],
  },
  {
    what: 'a nosend forgotten',
    sql: `UPDATE actions SET user_nosend = 1 - user_nosend WHERE actionId = 1`,
    fails: ['flags.actions'],
  },
  {
    what: 'a status further than it should be',
    sql: `UPDATE transactions SET processing = 'seen' WHERE transactionId = (SELECT min(transactionId) FROM transactions WHERE processing IN ('queued', 'sending'))`,
    fails: ['statuses.pairs'],
  },
  {
    what: 'a proven transaction that is not confirmed',
    sql: `UPDATE transactions SET processing = 'seen' WHERE ${PROVEN}`,
    fails: ['statuses.pairs'],
  },
  {
    what: 'a proof with one byte changed',
    sql: `UPDATE transactions SET merkle_path = CAST(substr(merkle_path, 1, length(merkle_path) - 1) || X'00' AS BLOB) WHERE ${PROVEN}`,
    fails: ['bytes.proofs'],
  },
  { what: 'a proof gone', sql: `UPDATE transactions SET merkle_path = NULL WHERE ${PROVEN}`, fails: ['bytes.proofs'] },
  {
    what: 'a raw transaction with one byte changed',
    sql: `UPDATE transactions SET raw_tx = CAST(substr(raw_tx, 1, length(raw_tx) - 1) || X'01' AS BLOB) WHERE ${PROVEN}`,
    fails: ['bytes.raw-transactions'],
  },
  {
    what: 'a proof of another height',
    sql: `UPDATE transactions SET height = height + 1 WHERE ${PROVEN}`,
    fails: ['columns.transactions'],
  },
  {
    what: 'attempts forgotten',
    sql: `UPDATE transactions SET attempts = attempts + 1 WHERE ${PROVEN}`,
    fails: ['columns.transactions'],
  },
  {
    what: 'a legacy id forgotten',
    sql: `UPDATE transactions SET legacy_proven_id = NULL WHERE ${PROVEN}`,
    fails: ['columns.transactions'],
  },
  {
    what: 'a time moved by a millisecond',
    sql: `UPDATE transactions SET created_at = '2001-01-01T00:00:00.001Z' WHERE ${PROVEN}`,
    fails: ['times.transactions'],
  },
  {
    what: 'a transaction gone',
    sql: `DELETE FROM transactions WHERE ${PROVEN}`,
    fails: ['rows.transactions', 'links.orphans'],
  },
  {
    what: 'a txid nobody has',
    sql: `INSERT INTO transactions (transactionId, txid, processing) VALUES (99999999, '${'ab'.repeat(32)}', 'queued')`,
    fails: ['rows.transactions'],
  },
  {
    what: 'a txid changed',
    sql: `UPDATE transactions SET txid = '${'cd'.repeat(32)}' WHERE ${PROVEN}`,
    fails: ['rows.transactions'],
  },
  {
    what: 'a label on another action',
    sql: `UPDATE tx_labels_map SET actionId = (SELECT max(actionId) FROM actions) WHERE rowid = (SELECT rowid FROM tx_labels_map WHERE actionId <> (SELECT max(actionId) FROM actions) LIMIT 1)`,
    fails: ['rows.tx_labels_map'],
  },
  {
    what: 'a label lost',
    sql: `DELETE FROM tx_labels_map WHERE rowid = (SELECT min(rowid) FROM tx_labels_map)`,
    fails: ['rows.tx_labels_map'],
  },
  {
    what: 'a label deleted that was not',
    sql: `UPDATE tx_labels_map SET isDeleted = 1 - isDeleted WHERE rowid = (SELECT min(rowid) FROM tx_labels_map)`,
    fails: ['columns.tx_labels_map'],
  },
  {
    what: 'a tag lost',
    sql: `DELETE FROM output_tags_map WHERE rowid = (SELECT min(rowid) FROM output_tags_map)`,
    fails: ['rows.output_tags_map'],
  },
  {
    what: 'a tag deleted that was not',
    sql: `UPDATE output_tags_map SET isDeleted = 1 - isDeleted WHERE rowid = (SELECT min(rowid) FROM output_tags_map)`,
    fails: ['columns.output_tags_map'],
  },
  {
    what: 'a commission gone',
    sql: `DELETE FROM commissions WHERE commissionId = (SELECT min(commissionId) FROM commissions)`,
    fails: ['rows.commissions'],
  },
  {
    what: 'a commission of another amount',
    sql: `UPDATE commissions SET satoshis = satoshis + 1 WHERE commissionId = (SELECT min(commissionId) FROM commissions)`,
    fails: ['columns.commissions'],
  },
  {
    what: 'a history cut short',
    sql: `UPDATE tx_audit SET details_json = '{}' WHERE auditId = (SELECT min(auditId) FROM tx_audit WHERE event = 'legacy.history')`,
    fails: ['history.requests'],
  },
  {
    what: 'a history gone',
    sql: `DELETE FROM tx_audit WHERE auditId = (SELECT min(auditId) FROM tx_audit WHERE event = 'legacy.history')`,
    fails: ['history.requests'],
  },
  { what: 'an index missing', sql: `DROP INDEX txk_outputs_hot`, fails: ['catalogue.indexes'] },
  {
    what: 'a finding of no documented class',
    sql: `INSERT INTO migration_findings (class, table_name, key1, action) VALUES ('something', 'outputs', '1', 'nothing')`,
    fails: ['findings.documented'],
  },
]

const STATEMENT_TABLE =
  /\b(FROM|JOIN|UPDATE|INTO)\s+(transactions|outputs|commissions|tx_labels_map|output_tags_map)\b/g

for (const { what, sql, fails } of OUR_ROWS) {
  test(`before the swap: ${what} is noticed`, async () => {
    const report = await verifyMutated(backfilled, sql.replaceAll(STATEMENT_TABLE, '$1 $2_new'))
    expect(failed(report)).toEqual(expect.arrayContaining([...fails]))
    expect(report.ok).toBe(false)
  })
}

/** What an application writes meanwhile: a new transaction with an output, a label and a commission, and every row of an old one. */
const MEANWHILE = `
  INSERT INTO transactions (transactionId, userId, status, reference, isOutgoing, satoshis, description, txid)
    VALUES (700, 1, 'sending', 'meanwhile', 1, -5, 'meanwhile', '${'77'.repeat(32)}');
  INSERT INTO outputs (outputId, userId, transactionId, vout, satoshis, providedBy, purpose, type, txid, change, spendable)
    VALUES (70000, 1, 700, 0, 5, 'you', '', 'custom', '${'77'.repeat(32)}', 0, 1);
  INSERT INTO commissions (userId, transactionId, satoshis, keyOffset, lockingScript) VALUES (1, 700, 5, 'k', X'51');
  INSERT INTO tx_labels_map (txLabelId, transactionId) SELECT min(txLabelId), 700 FROM tx_labels;
  UPDATE transactions SET description = 'meanwhile' WHERE transactionId = (SELECT max(spentBy) FROM outputs);
  UPDATE proven_tx_reqs SET attempts = attempts + 1 WHERE txid = (SELECT txid FROM transactions WHERE description = 'meanwhile' AND transactionId <> 700);`

for (const { what, sql, fails } of OUR_ROWS) {
  test(`while an application writes something else: ${what} is noticed`, async () => {
    const damage = sql.replaceAll(STATEMENT_TABLE, '$1 $2_new')
    const report = await verifyMutated(backfilled, `${MEANWHILE}; ${damage}`, true)
    expect(report.pending).toBe(true)
    expect(failed(report)).toEqual(expect.arrayContaining([...fails]))
  })
}

test('a write excuses its transaction, what that made, what it spent, and nothing else', async () => {
  const copy = new BetterSqlite3(backfilled, { readonly: true })
  const spender = copy.prepare('SELECT max(spentBy) FROM outputs').pluck().get() as number
  // Other users' rows of the same transaction belong to it.
  const rows = copy
    .prepare(
      'SELECT transactionId FROM transactions WHERE txid = (SELECT txid FROM transactions WHERE transactionId = ?)',
    )
    .pluck()
    .all(spender) as number[]
  const touched = copy
    .prepare(
      `SELECT outputId FROM outputs WHERE transactionId IN (${rows.join(', ')}) OR spentBy IN (${rows.join(', ')})`,
    )
    .pluck()
    .all() as number[]
  const outputs = copy.prepare('SELECT count(*) FROM outputs').pluck().get() as number
  const actions = copy.prepare('SELECT count(*) FROM transactions').pluck().get() as number
  copy.close()
  expect(touched.length).toBeGreaterThan(1)
  const report = await verifyMutated(
    backfilled,
    `UPDATE transactions SET description = 'meanwhile' WHERE transactionId = ${spender};
     UPDATE outputs_new SET satoshis = satoshis - 1; UPDATE actions SET satoshis_delta = satoshis_delta - 1`,
    true,
  )
  const found = (name: string): unknown => report.checks.find(({ id }) => id === name)?.actual
  expect(found('columns.outputs')).toBe(outputs - touched.length)
  expect(found('columns.actions')).toBe(actions - rows.length)
})

const AFTER_SWAP: readonly Mutation[] = [
  ...OUR_ROWS.filter(({ what }) =>
    /^(a coin one satoshi short|an action gone|a proof gone|a spent coin set free)$/.test(what),
  ),
  {
    what: 'a legacy row changed',
    sql: `UPDATE transactions_legacy SET description = 'changed' WHERE transactionId = 1`,
    fails: ['legacy.unchanged'],
  },
  {
    what: 'a legacy row gone',
    sql: `DELETE FROM commissions_legacy WHERE commissionId = (SELECT min(commissionId) FROM commissions_legacy)`,
    fails: ['legacy.unchanged', 'rows.commissions'],
  },
  {
    what: 'a sequence that gives numbers out again',
    sql: `UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name = 'outputs_legacy'`,
    fails: ['catalogue.sequences'],
  },
  { what: 'a reverse trigger missing', sql: `DROP TRIGGER txk_reverse_outputs_update`, fails: ['catalogue.triggers'] },
  {
    what: 'a sync map that leads to another proof',
    sql: `UPDATE sync_states SET syncMap = json_set(syncMap, '$.provenTx.idMap', json_object('1', (SELECT max(transactionId) FROM transactions)))`,
    fails: ['links.sync-maps'],
  },
  {
    what: 'a sync map of actions changed',
    sql: `UPDATE sync_states SET syncMap = json_set(syncMap, '$.transaction.idMap', json('{}'))`,
    fails: ['links.sync-maps'],
  },
]

for (const { what, sql, fails } of AFTER_SWAP) {
  test(`after the swap: ${what} is noticed`, async () => {
    const report = await verifyMutated(swapped, sql)
    expect(failed(report)).toEqual(expect.arrayContaining([...fails]))
  })
}

test('before the swap: a capture trigger missing is noticed', async () => {
  expect(failed(await verifyMutated(backfilled, 'DROP TRIGGER txk_capture_outputs_update'))).toEqual([
    'catalogue.triggers',
  ])
})

test('a difference whose key waits in the outbox is no defect, and every other one still is', async () => {
  const report = await verifyMutated(backfilled, `UPDATE outputs SET satoshis = satoshis + 5 WHERE outputId = 1`, true)
  expect(report.pending).toBe(true)
  expect(failed(report)).toEqual([])
  const both = await verifyMutated(
    backfilled,
    `UPDATE outputs SET satoshis = satoshis + 5 WHERE outputId = 1;
     UPDATE outputs_new SET satoshis = satoshis + 5 WHERE outputId = 2`,
    true,
  )
  expect(failed(both)).toContain('columns.outputs')
  expect(both.checks.find(({ id }) => id === 'columns.outputs')?.differences?.map(({ key }) => key)).toEqual(['2'])
})

test('a check that fails names the first rows with what was expected and what is there', async () => {
  const report = await verifyMutated(backfilled, `UPDATE outputs_new SET satoshis = satoshis - 1`)
  const check = report.checks.find(({ id }) => id === 'columns.outputs')
  expect(check?.differences).toHaveLength(20)
  expect(check?.differences?.[0]).toMatchObject({ table: 'outputs', column: 'satoshis' })
  expect(Number(check?.actual)).toBe(report.stats.outputs)
})
