import { openKnex } from '@txkeep/storage-knex'
import Database from 'better-sqlite3'
import type { MigrationEvent } from '../../src/migration-event.js'
import {
  contract,
  cutover,
  dropLegacy,
  expand,
  markVerified,
  readMigrationPhase,
  rollback,
  runKnexBackfill,
  soak,
  startCapture,
  verifyMigration,
} from '../../src/knex/index.js'

/** What a legacy application does while `follow` runs: every kind of key goes through the outbox. */
const LEGACY_WRITES = [
  `update transactions set description = 'written meanwhile' where transactionId in (3, 9)`,
  `update outputs set spendable = 0 where outputId = 100`,
  `delete from output_tags_map where outputId = (select min(outputId) from output_tags_map)`,
  `insert into proven_tx_reqs (txid, status, rawTx) values ('${'ab'.repeat(32)}', 'unsent', x'00')`,
  `delete from tx_labels_map where transactionId = (select max(transactionId) from tx_labels_map)`,
]

/**
 * A migration that ends itself with SIGKILL at a checkpoint: `node killed-command.js <file> <command> [checkpoint]`. Without a
 * checkpoint it says `ready` and runs until somebody kills it, or to its end. `vacuum` says it when the space begins to be given
 * back, and `verify` counts its checks instead of checkpoints.
 */
const [file = '', command = '', checkpoint, batchKeys = '400'] = process.argv.slice(2)

const on = (event: MigrationEvent): void => {
  if (command === 'follow' && event.type === 'checkpoint' && event.name === 'backfill:tags:done') writeLegacy()
  if (event.type === 'checkpoint' && event.name === checkpoint) process.kill(process.pid, 'SIGKILL')
}

const onVacuum = (event: MigrationEvent): void => {
  if (event.type === 'checkpoint' && event.name === 'drop-legacy:vacuum') process.stdout.write('ready\n')
}

const onVerify = (event: MigrationEvent): void => {
  if (event.type === 'step-progress' && event.done >= Number(checkpoint)) process.kill(process.pid, 'SIGKILL')
}

function writeLegacy(): void {
  const database = new Database(file)
  for (const sql of LEGACY_WRITES) database.exec(sql)
  database.close()
}

const knex = await openKnex(file)
if (command !== 'vacuum') process.stdout.write('ready\n')
if (command === 'contract') await contract(knex, { on })
else if (command === 'vacuum') await dropLegacy(knex, { on: onVacuum, afterDays: 0, vacuum: true })
else if (command === 'verify') await verifyMigration(knex, { on: onVerify })
else if (command === 'soak') await soak(knex, { on, once: true, batchKeys: Number(batchKeys) })
else if (command === 'rollback') await rollback(knex, { on })
else if (command === 'cutover') await cutover(knex, { on })
else if (command === 'drop-legacy') await dropLegacy(knex, { on, afterDays: 0 })
else {
  const phase = await readMigrationPhase(knex)
  if (phase === 'none') await expand(knex, { on })
  if (phase === 'none' || phase === 'expanded') await startCapture(knex, { on })
  if (phase !== 'cut-over') {
    await runKnexBackfill(knex, { on })
    await markVerified(knex, { on })
  }
  await cutover(knex, { on })
}
await knex.destroy()
