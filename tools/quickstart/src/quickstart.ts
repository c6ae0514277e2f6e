import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeLegacyWallet, type MadeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import {
  collectReport,
  legacyChecksums,
  openMigrationDatabase,
  renderReport,
  rollback,
  runSchemaCutover,
  withSqlSession,
} from '@txkeep/migrate/knex'
import { openStore } from '@txkeep/storage-knex'
import { MockChain } from '@txkeep/testkit'
import { legacyBalances } from './legacy-balances.js'
import { newBalances } from './new-balances.js'
import { pay, spendableCoins, statusesOf, takeProofs, type Payment } from './payments.js'
import { claim, grouped, Tour } from './tour.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FOLDER = join(ROOT, 'out', 'quickstart')
const WALLET = join(FOLDER, 'wallet.sqlite')
const ORIGINAL = join(FOLDER, 'wallet-before.sqlite')
const REPORT = join(FOLDER, 'report.html')

/** What a wallet does in daily life. Left out is what legacy lists show wrongly, because then the balances would rightly differ. */
const LEFT_OUT = {
  sendInterrupted: 0,
  sendLaterInterrupted: 0,
  sendDoublySpent: 0,
  abortUnsent: 0,
  relinquishToken: 0,
}

const tour = new Tour()

try {
  await giveTour()
} catch (error) {
  console.error('\nThe quickstart stopped, because something it claims is not so:')
  console.error(error)
  process.exitCode = 1
}

async function giveTour(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  console.log(
    'txkeep: move a wallet database to a schema that keeps every coin accounted for. Nothing here is real money.',
  )

  const { made, balances } = await makeWallet()
  await move(balances, made)
  await goBackAndForth(balances, made)
  await liveUnderTheNewSchema(balances, made)
  await goBackWithEverything(balances, made)
  await writeReport()
  sumUp(balances)
}

async function makeWallet(): Promise<{ made: MadeLegacyWallet; balances: number[] }> {
  tour.step('Make a real legacy wallet with the published @bsv/wallet-toolbox.')
  const made = await makeLegacyWallet({
    file: WALLET,
    users: 2,
    actions: 40,
    seed: 7,
    forcedPairs: 'none',
    mix: LEFT_OUT,
  })
  const { rows } = made.summary
  tour.say(
    `${made.users.length} users, ${count(rows, 'transactions')} transactions, ${count(rows, 'outputs')} outputs, ` +
      `${count(rows, 'proven_txs')} proofs: received, sent, waiting, failed, drafts, tokens.`,
  )
  const balances = await legacyBalances(made)
  tour.say(`Balances, as the published wallet says: ${balances.map(grouped).join(' and ')} satoshis.`)
  copyFileSync(WALLET, ORIGINAL)
  return { made, balances }
}

async function move(balances: readonly number[], made: MadeLegacyWallet): Promise<void> {
  tour.step('Move it: fill new tables beside the old ones, compare everything, swap the names.')
  const database = await openMigrationDatabase(WALLET)
  try {
    const { ok, stats, verification, swap, smoke } = await runSchemaCutover(database.knex)
    const checks = [...(verification?.checks ?? []), ...(smoke?.checks ?? [])]
    claim(
      'failed checks',
      checks.filter((check) => !check.ok).map(({ id }) => id),
      [],
    )
    claim('the move', ok, true)
    tour.say(
      `${grouped(stats?.transactions ?? 0)} transactions, ${grouped(stats?.actions ?? 0)} actions (${stats?.drafts ?? 0} drafts) and ` +
        `${grouped(stats?.outputs ?? 0)} outputs; writers were held for ${Math.ceil(swap?.writersHeldMs ?? 0)} ms.`,
    )
    tour.step('Verify it: what must be there is worked out a second time, from the legacy rows alone.')
    tour.say(
      `${checks.length} checks, all right. Spendable, coin by coin: ${verification?.coins.actualSpendable.sha256.slice(0, 16)}….`,
    )
  } finally {
    await database.close()
  }
  await claimBalances(balances, made, 'after the move')
}

async function goBackAndForth(balances: readonly number[], made: MadeLegacyWallet): Promise<void> {
  tour.step('Change our mind: roll the whole thing back.')
  const database = await openMigrationDatabase(WALLET)
  try {
    await rollback(database.knex)
    claim('the legacy tables after the rollback', await checksums(WALLET), await checksums(ORIGINAL))
    tour.say('Every legacy table has its name again and equals the copy made before, row for row and byte for byte.')
  } finally {
    await database.close()
  }
  claim('the balances after the rollback', await legacyBalances(made), [...balances])
  tour.say('The published wallet opens it and says the same balances.')

  tour.step('And forward again.')
  const again = await openMigrationDatabase(WALLET)
  try {
    claim('the second move', (await runSchemaCutover(again.knex)).ok, true)
  } finally {
    await again.close()
  }
  await claimBalances(balances, made, 'after the second move')
}

async function liveUnderTheNewSchema(balances: number[], made: MadeLegacyWallet): Promise<void> {
  const store = await openStore(WALLET)
  try {
    const service = new TransactionService({ store })
    const userId = made.users[0]?.userId ?? 1
    const [basket] = await store.read((tx) => tx.baskets.find({ userId, name: 'default' }))
    if (basket === undefined) throw new Error('The user has no default basket.')
    const chain = new MockChain({ startHeight: ((await service.getChainTip())?.height ?? 0) + 1 })
    await takeProofs(service, chain, [])

    tour.step('Use it: three payments, from stored to confirmed, with TransactionService on a mock chain.')
    const payments: Payment[] = []
    for (const [index, satoshis] of [1000, 2500, 400].entries()) {
      const reference = `quickstart-${index + 1}`
      payments.push(await pay(service, chain, { userId, basketId: basket.basketId, satoshis, reference }))
    }
    const sent = await statusesOf(service, payments)
    chain.mineMempool()
    await takeProofs(service, chain, payments)
    const mined = await statusesOf(service, payments)
    chain.mine()
    await takeProofs(service, chain, payments)
    const buried = await statusesOf(service, payments)
    claim('the payments', [sent, mined, buried], ['3 × sent', '3 × unconfirmed', '3 × confirmed'])
    tour.say(`Broadcast: ${sent}. Mined: ${mined}. One block later: ${buried}.`)
    const paid = payments.reduce((sum, { costSatoshis }) => sum + costSatoshis, 0)
    balances[0] = (balances[0] ?? 0) - paid
    await claimBalances(balances, made, `after paying ${grouped(paid)} satoshis, fees included`)

    tour.step('Survive a reorg: the last two blocks are replaced, and one payment is not mined again.')
    const before = await spendableCoins(store, userId)
    const kept = payments.slice(0, 2)
    const { orphaned } = chain.reorg(2, { keep: kept.map(({ txid }) => txid) })
    for (const block of orphaned) await service.reorgBlock(block.hash)
    const shaken = await statusesOf(service, payments)
    claim('the spendable coins during the reorg', await spendableCoins(store, userId), before)
    await takeProofs(service, chain, kept)
    const proven = await statusesOf(service, payments)
    chain.mineMempool()
    chain.mine()
    await takeProofs(service, chain, payments)
    const settled = await statusesOf(service, payments)
    claim(
      'the payments after the reorg',
      [shaken, proven, settled],
      ['3 × reorging', '2 × confirmed, 1 × reorging', '3 × confirmed'],
    )
    claim('the spendable coins after the reorg', await spendableCoins(store, userId), before)
    tour.say(`${shaken}, then ${proven}, in the end ${settled}.`)
    tour.say(`All ${before.length} spendable coins stayed spendable all the way.`)
  } finally {
    await store.close()
  }
}

async function goBackWithEverything(balances: readonly number[], made: MadeLegacyWallet): Promise<void> {
  tour.step('Go back now: the legacy tables know nothing of the three payments, so rollback takes them along.')
  const database = await openMigrationDatabase(WALLET)
  try {
    const { drained } = await rollback(database.knex)
    claim('the balances after the rollback', await legacyBalances(made), [...balances])
    tour.say(
      `${grouped(drained)} writes went along: the published wallet opens it and says ${balances.map(grouped).join(' and ')} satoshis.`,
    )
  } finally {
    await database.close()
  }

  tour.step('And forward once more.')
  const again = await openMigrationDatabase(WALLET)
  try {
    claim('the third move', (await runSchemaCutover(again.knex)).ok, true)
  } finally {
    await again.close()
  }
  await claimBalances(balances, made, 'after the third move')
}

async function writeReport(): Promise<void> {
  tour.step('Write the report a manager can read.')
  const { knex, close } = await openMigrationDatabase(WALLET, { readonly: true })
  try {
    const report = await collectReport(knex, { database: 'wallet.sqlite', version: 'of the quickstart' })
    claim(
      'the checks of the report',
      report.verification?.checks.filter((check) => !check.ok).map(({ id }) => id),
      [],
    )
    writeFileSync(REPORT, renderReport(report))
    tour.say(`Open ${relative(process.env['INIT_CWD'] ?? ROOT, resolve(REPORT))} in a browser.`)
  } finally {
    await close()
  }
}

function sumUp(balances: readonly number[]): void {
  console.log(`
What happened: a wallet made by the published toolbox moved to the txkeep schema with every coin accounted for, went
back to exactly what it was, moved again, paid three times, lived through a reorg, went back with the payments, and moved
once more. The balances were asked of the wallet or of the store after every step and were right each time: ${balances.map(grouped).join(' and ')} satoshis now.

Took ${tour.seconds} s. With a wallet of your own: npx @txkeep/migrate inspect --db wallet.sqlite (reads only).`)
}

async function claimBalances(balances: readonly number[], made: MadeLegacyWallet, when: string): Promise<void> {
  const store = await openStore(WALLET, { readonly: true })
  try {
    const found = await newBalances(
      store,
      made.users.map(({ userId }) => userId),
    )
    claim(`the balances ${when}`, found, [...balances])
    tour.say(`Balances ${when}: ${found.map(grouped).join(' and ')} satoshis, as they must be.`)
  } finally {
    await store.close()
  }
}

async function checksums(file: string): Promise<unknown> {
  const { knex, close } = await openMigrationDatabase(file, { readonly: true })
  try {
    return await withSqlSession(knex, (session) => legacyChecksums(session, (table) => table))
  } finally {
    await close()
  }
}

function count(rows: Readonly<Record<string, number>>, table: string): string {
  return grouped(rows[table] ?? 0)
}
