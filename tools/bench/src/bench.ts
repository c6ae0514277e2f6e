// pnpm bench: moves a bulk legacy wallet offline and under a live writer, and compares every figure with what the disk and
// the engine alone need for the same file in the same run, and with the targets of docs/spec/migration.md §9. `pnpm bench wallet`
// compares our provider with the published storage instead.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { makeBulkLegacyDatabase } from '@txkeep/legacy-wallet-maker'
import Database from 'better-sqlite3'
import { timeLegacyWrites } from './capture-cost.js'
import { fileBytes } from './disk-watch.js'
import { type Figure, atLeast, atMost, atMostTimes, markdownTable, percentile, told } from './figures.js'
import { measureFloors } from './floors.js'
import { measureHotQuery } from './measure-hot-query.js'
import { measureMove } from './measure-move.js'
import { measureOnline } from './measure-online.js'
import { migrateCommand } from './migrate-command.js'
import { readOptions } from './options.js'
import { benchWallet } from './wallet/bench-wallet.js'

const MEGABYTE = 1024 * 1024
const root = resolve(import.meta.dirname, '../../..')

if (process.argv[2] === 'wallet') {
  await benchWallet(process.argv.slice(3))
  process.exit()
}
const options = readOptions(process.argv.slice(2))
const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'txkeep-bench-'))
mkdirSync(folder, { recursive: true })
try {
  const figures = await measureAll(options.transactions)
  console.log(`\n${markdownTable(figures)}`)
  const json = resolve(root, options.json)
  mkdirSync(dirname(json), { recursive: true })
  writeFileSync(json, `${JSON.stringify({ transactions: options.transactions, figures }, null, 2)}\n`)
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
}

async function measureAll(transactions: number): Promise<Figure[]> {
  const small = await makeWallet('small', Math.round(transactions / 10))
  const large = await makeWallet('large', transactions)
  const originalBytes = fileBytes(large)

  say('floors: a plain copy and VACUUM INTO')
  const floors = measureFloors(large)

  say('offline: every command, nobody else there')
  const offlineDatabase = copyOf(large, 'offline')
  const offline = await measureMove(offlineDatabase, { online: false })

  say('the hot query with 1 and 10 times the outputs')
  const smallMoved = copyOf(small, 'moved')
  await measureMove(smallMoved, { online: false })
  const hotSmallMs = await measureHotQuery(smallMoved)
  const hotLargeMs = await measureHotQuery(offlineDatabase)

  say('rollback, and forward again')
  const rollback = await migrateCommand(offlineDatabase, 'rollback')
  await migrateCommand(offlineDatabase, 'cutover')

  say('drop the legacy tables, then VACUUM')
  await migrateCommand(offlineDatabase, 'drop-legacy', ['--after', '0'])
  const vacuumed = new Database(offlineDatabase)
  vacuumed.exec('VACUUM')
  vacuumed.close()
  const finalBytes = fileBytes(offlineDatabase)
  rmSync(offlineDatabase)

  say('online: the same under a live writer')
  const { move: online, writer } = await measureOnline(copyOf(large, 'online'))

  say('what capture costs a writer')
  const captureDatabase = copyOf(large, 'capture')
  const plainMs = timeLegacyWrites(captureDatabase)
  await migrateCommand(captureDatabase, 'expand')
  await migrateCommand(captureDatabase, 'capture start')
  const capturedMs = timeLegacyWrites(captureDatabase)

  const rowsPerSecond = (offline.newRows / offline.fillMs) * 1000
  const fillCpuMs = offline.steps.get('backfill')?.cpuMs ?? Number.NaN
  const diskLimit = (1.8 * originalBytes + 64 * MEGABYTE) / originalBytes
  return [
    told('transactions', transactions, ''),
    told('legacy database', originalBytes / MEGABYTE, 'MB'),
    told('new rows', offline.newRows, ''),
    told('floor: plain copy of the file', floors.copyMs, 'ms'),
    told('floor: VACUUM INTO', floors.vacuumIntoMs, 'ms'),
    ...[...offline.steps].map(([command, { durationMs }]) => told(`offline: ${command}`, durationMs, 'ms')),
    atMostTimes('offline: backfill', offline.fillMs / floors.vacuumIntoMs, 3, 'VACUUM INTO'),
    atLeast('offline: speed of the backfill', rowsPerSecond, 100_000, 'rows/s'),
    told('offline: backfill, processor time', fillCpuMs / floors.vacuumIntoCpuMs, '× VACUUM INTO'),
    told('offline: expand to swap', offline.moveMs / floors.vacuumIntoMs, '× VACUUM INTO'),
    ...[...online.steps].map(([command, { durationMs }]) => told(`online: ${command}`, durationMs, 'ms')),
    atMostTimes('online with a writer', online.moveMs / offline.moveMs, 3, 'offline'),
    told('writer: writes during the move', writer.latenciesMs.length, ''),
    atMost('writer: p99', percentile(writer.latenciesMs, 0.99), 75, 'ms'),
    atMost('writer: longest', percentile(writer.latenciesMs, 1), 150, 'ms'),
    atMost('writers held at the swap, nobody writing', offline.heldMs, 25, 'ms'),
    atMost('writers held at the swap, a writer waiting', online.heldMs, 25, 'ms'),
    told('writer: its wait for the refusal', writer.refusedAfterMs ?? Number.NaN, 'ms'),
    atMost('capture: cost to a writer', (capturedMs / plainMs - 1) * 100, 10, '%'),
    ...[...offline.steps].map(([command, { peakRssBytes }]) =>
      atMost(`memory: ${command}`, peakRssBytes / MEGABYTE, 128, 'MB'),
    ),
    atMost(
      'memory: backfill, online',
      (online.steps.get('backfill')?.peakRssBytes ?? Number.NaN) / MEGABYTE,
      128,
      'MB',
    ),
    atMostTimes(
      'disk while both stand',
      offline.disk.databaseBytes / originalBytes,
      Number(diskLimit.toFixed(2)),
      'legacy',
    ),
    told('write-ahead log, online', online.disk.walBytes / MEGABYTE, 'MB'),
    atMostTimes('disk after drop and VACUUM', finalBytes / originalBytes, 0.75, 'legacy'),
    atMost('rollback: writers held, nothing to drain', Number(rollback.answer['writersHeldMs']), 50, 'ms'),
    told('rollback: whole command', rollback.durationMs, 'ms'),
    told('hot query, a tenth of the outputs', hotSmallMs * 1000, 'µs'),
    told('hot query, all of them', hotLargeMs * 1000, 'µs'),
    atMostTimes('hot query: ten times the outputs', hotLargeMs / hotSmallMs, 1.5, 'the time'),
  ]
}

async function makeWallet(name: string, transactions: number): Promise<string> {
  const path = join(folder, `${name}.sqlite`)
  say(`making a legacy wallet of ${transactions} transactions`)
  await makeBulkLegacyDatabase({ file: path, transactions, seed: 1 })
  return path
}

function copyOf(database: string, name: string): string {
  const path = database.replace(/\.sqlite$/, `-${name}.sqlite`)
  copyFileSync(database, path)
  return path
}

function say(what: string): void {
  console.error(`… ${what}`)
}
