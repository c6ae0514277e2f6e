import { copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import { makeBulkLegacyDatabase, makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { buildTransaction, nextSerial } from '@txkeep/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COMMANDS } from '../src/cli/commands/index.js'
import { cli, cliJson, cliProcess, hashOfFile, parseOneObject, runProcess } from './support/run-cli.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-cli-'))
const wallet = join(folder, 'wallet.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({ file: wallet, seed: 22, actions: 20, users: 2 })
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

let serial = 0

function copyOfWallet(): string {
  const file = join(folder, `copy-${(serial += 1)}.sqlite`)
  copyFileSync(wallet, file)
  return file
}

test('smoke reads the baseline preflight wrote, and refuses a file that is none', async () => {
  const file = copyOfWallet()
  const artefacts = join(folder, 'artefacts')
  await cliJson('preflight', '--db', file, '--artefacts', artefacts)
  const baseline = globSync(join(artefacts, 'baseline-*.json'))[0] ?? ''
  expect((await cliJson('run', '--db', file, '--yes')).json.ok).toBe(true)
  const answer = await cliJson('smoke', '--db', file, '--baseline', baseline)
  expect(answer.json.checks?.find(({ id }) => id === 'smoke.10-hot-query-latency')?.expected).toMatch(/^p95 at most/)
  const wrong = await cliJson('smoke', '--db', file, '--baseline', file)
  expect(wrong.json).toMatchObject({ ok: false, error: { code: 'INVALID_PARAMETER' } })
})

test('run compares with a baseline too, and looks at the file before it changes anything', async () => {
  const file = copyOfWallet()
  const artefacts = join(folder, 'artefacts-of-run')
  await cliJson('preflight', '--db', file, '--artefacts', artefacts)
  const baseline = globSync(join(artefacts, 'baseline-*.json'))[0] ?? ''
  const wrong = await cliJson('run', '--db', file, '--yes', '--baseline', file)
  expect(wrong.json).toMatchObject({ ok: false, phase: 'none', error: { code: 'INVALID_PARAMETER' } })
  const kept = JSON.parse(readFileSync(baseline, 'utf8')) as { hotQuery: object }
  const fast = join(folder, 'fast.json')
  writeFileSync(fast, JSON.stringify({ ...kept, hotQuery: { ...kept.hotQuery, p95Ms: 0 } }))
  const slower = await cliJson('run', '--db', file, '--yes', '--hold', '--baseline', fast)
  expect(slower.json.checks?.find(({ id }) => id === 'smoke.10-hot-query-latency')?.expected).toMatch(/^p95 at most/)
})

test('help names every command with one line, in the order an operator uses them', async () => {
  const { stdout, exitCode } = await cli('--help')
  expect(exitCode).toBe(0)
  const places = COMMANDS.map(({ name }) => stdout.search(new RegExp(`^  ${name}\\b`, 'm')))
  expect(places.every((place) => place > 0)).toBe(true)
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(stdout).toContain('Exit codes: 0 done and right')
})

test.each([
  [['fly', '--db', 'x'], "unknown command 'fly'"],
  [['expand'], "required option '--db <url>' not specified"],
  [['expand', '--db', 'x', '--fast'], "unknown option '--fast'"],
  [['capture', 'pause', '--db', 'x'], 'Allowed choices are start, stop, status'],
  [['smoke', '--db', 'x', '--sample', 'many'], 'It must be a whole number'],
  [['report', '--db', 'x'], "required option '--html <file>' not specified"],
])('a wrong command line %j is answered with exit code 2, in text and as one JSON object', async (args, sentence) => {
  const text = await cli(...args)
  expect(text).toMatchObject({ exitCode: 2, stdout: '' })
  expect(text.stderr).toContain(sentence)
  const { exitCode, json, stderr } = await cliJson(...args)
  expect(exitCode).toBe(2)
  expect(json).toMatchObject({
    ok: false,
    phase: null,
    error: { code: 'USAGE', message: expect.stringContaining(sentence) },
  })
  expect(stderr).toBe('')
})

test('the version is printed as text or as one JSON object', async () => {
  expect((await cli('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect((await cliJson('--version')).json).toMatchObject({ ok: true, text: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
})

test('every step in order brings a wallet under the new schema, back, and there again', async () => {
  const file = copyOfWallet()
  const steps: readonly (readonly [args: readonly string[], phase: string])[] = [
    [['inspect'], 'none'],
    [['expand'], 'expanded'],
    [['capture', 'start'], 'capturing'],
    [['capture', 'status'], 'capturing'],
    [['backfill'], 'backfilled'],
    [['verify', '--deep'], 'verified'],
    [['cutover'], 'cut-over'],
    [['smoke', '--sample', '20', '--seed', '5'], 'cut-over'],
    [['status'], 'cut-over'],
    [['rollback', '--dry-run'], 'cut-over'],
    [['rollback'], 'rolled-back'],
    [['cutover'], 'cut-over'],
    [['verify'], 'cut-over'],
    [['drop-legacy', '--after', '0', '--yes'], 'finalized'],
    [['run'], 'finalized'],
  ]
  for (const [args, phase] of steps) {
    const { exitCode, json } = await cliJson(...args, '--db', file)
    const command = args.filter((_, index) => index === 0 || (args[0] === 'capture' && index === 1)).join(' ')
    expect(json, JSON.stringify(json)).toMatchObject({ ok: true, command, phase })
    expect(exitCode).toBe(0)
    expect(json.durationMs).toBeGreaterThanOrEqual(0)
    expect((json.checks ?? []).filter((check) => !check.ok)).toEqual([])
  }
})

test.each([
  ['capture start', 'expand'],
  ['backfill', 'expand'],
  ['verify', 'backfill'],
  ['cutover', 'expand'],
  ['smoke', 'cutover'],
  ['rollback', 'cutover'],
  ['rollback --dry-run', 'cutover'],
  ['drop-legacy --yes', 'expand'],
])(
  '%s on an untouched wallet is refused with exit code 3, and the message says that %s comes first',
  async (words, first) => {
    const file = copyOfWallet()
    const before = hashOfFile(file)
    const { exitCode, json } = await cliJson(...words.split(' '), '--db', file)
    expect(exitCode).toBe(3)
    expect(json).toMatchObject({ ok: false, phase: 'none', error: { code: 'PHASE' } })
    expect(json.error?.message).toContain('this one is in phase none')
    expect(json.error?.message).toContain(`Run txkeep-migrate ${first}`)
    expect(hashOfFile(file)).toBe(before)
  },
)

/** Moves a copy of the wallet and writes one transaction under the new schema; resolves to the file and the txid. */
async function movedAndWritten(): Promise<{ file: string; txid: string }> {
  const file = copyOfWallet()
  await cli('run', '--db', file)
  return { file, txid: await writeOne(file) }
}

async function writeOne(file: string): Promise<string> {
  const store = await openStore(file)
  const { txid, rawTx } = buildTransaction({ salt: `written ${nextSerial()}` })
  await new TransactionService({ store }).create({ txid, rawTx })
  await store.close()
  return txid
}

function legacyRequest(file: string, table: string, txid: string): unknown {
  const database = new BetterSqlite3(file, { readonly: true })
  try {
    return database.prepare(`select status from ${table} where txid = ?`).pluck().get(txid)
  } finally {
    database.close()
  }
}

test('after a write under the new schema rollback takes it along, a dry run says so before, and cutover brings it back', async () => {
  const { file, txid } = await movedAndWritten()
  const before = hashOfFile(file)
  const rehearsed = await cliJson('rollback', '--db', file, '--dry-run')
  expect(rehearsed).toMatchObject({ exitCode: 0, json: { ok: true, phase: 'cut-over', isPossible: true } })
  expect(rehearsed.json['written']).toEqual([{ table: 'transactions', rows: 1 }])
  expect(hashOfFile(file)).toBe(before)
  expect((await cliJson('verify', '--db', file)).json).toMatchObject({ ok: true, phase: 'cut-over', pending: true })
  const rolledBack = await cliJson('rollback', '--db', file)
  expect(rolledBack).toMatchObject({ exitCode: 0, json: { ok: true, phase: 'rolled-back', drained: 1 } })
  expect(legacyRequest(file, 'proven_tx_reqs', txid)).toBe('unsent')
  expect((await cliJson('cutover', '--db', file)).json).toMatchObject({ ok: true, phase: 'cut-over' })
  expect((await cliJson('verify', '--db', file)).json).toMatchObject({ ok: true, pending: false })
})

test('soak takes new writes to the legacy tables, once or for a while, and Ctrl-C is its normal end', async () => {
  const { file, txid } = await movedAndWritten()
  const first = await cliJson('soak', '--db', file, '--once')
  expect(first).toMatchObject({ exitCode: 0, json: { ok: true, command: 'soak', drained: 1, rounds: 1, pending: 0 } })
  expect(legacyRequest(file, 'proven_tx_reqs_legacy', txid)).toBe('unsent')
  const again = await cliJson('soak', '--db', file, '--for', '1s')
  expect(again).toMatchObject({ exitCode: 0, json: { ok: true, drained: 0, pending: 0 } })
  expect((await cliJson('verify', '--db', file)).json).toMatchObject({ ok: true, pending: false })
  const later = await writeOne(file)
  const stopped = await cliProcess(['soak', '--db', file, '--json'], {
    onStart: async (child) => {
      while (child.exitCode === null && legacyRequest(file, 'proven_tx_reqs_legacy', later) === undefined)
        await sleep(20)
      child.kill('SIGINT')
    },
  })
  expect(stopped.exitCode).toBe(0)
  expect(parseOneObject(stopped.stdout)).toMatchObject({ ok: true, command: 'soak', drained: 1, pending: 0 })
  expect((await cliJson('soak', '--db', file, '--for', 'long')).exitCode).toBe(2)
})

test('a wallet that another migrator is at work on is left to it', async () => {
  const file = copyOfWallet()
  await cli('expand', '--db', file)
  const database = new BetterSqlite3(file)
  database.prepare("update migration_state set owner = 'elsewhere/1 7 x', lease_until = ?").run(Date.now() + 600_000)
  database.close()
  const before = hashOfFile(file)
  const { exitCode, json } = await cliJson('run', '--db', file)
  expect(exitCode).toBe(1)
  expect(json).toMatchObject({ ok: false, phase: 'expanded', error: { code: 'MIGRATION_BUSY' } })
  expect((await cliJson('status', '--db', file)).json['busy']).toMatchObject({ owner: 'elsewhere/1 7 x' })
  expect(hashOfFile(file)).toBe(before)
})

test('preflight ends with 4 while only answers are missing, with 1 when a check failed, and with 0 when all is accepted', async () => {
  const file = copyOfWallet()
  const backup = join(folder, 'backup.sqlite')
  const unready = await cliJson('preflight', '--db', file)
  expect(unready.exitCode).toBe(1)
  for (const args of [['expand'], ['capture', 'start'], ['backfill']]) await cli(...args, '--db', file)
  const before = hashOfFile(file)
  const asked = await cliJson('preflight', '--db', file, '--make-backup', backup, '--decider', 'Ada')
  expect(asked.exitCode, asked.stdout).toBe(4)
  expect(asked.json).toMatchObject({ ok: false, command: 'preflight', phase: 'backfilled', outcome: 'needs-operator' })
  expect(existsSync(backup)).toBe(true)
  const questions = asked.json.checks?.filter((check) => !check.ok).map(({ id }) => id) ?? []
  const answers = questions.flatMap((id) => ['--accept', id])
  const all = ['preflight', '--db', file, '--backup', backup, '--decider', 'Ada', ...answers]
  expect(await cliJson(...all)).toMatchObject({ exitCode: 0, json: { ok: true, outcome: 'pass' } })
  expect((await cli(...all)).stdout).toContain('Ready for the cutover.')
  expect(hashOfFile(file)).toBe(before)
  expect((await cli('preflight', '--db', file, '--backup', join(folder, 'none'))).exitCode).toBe(2)
})

test('contract after the cutover is refused, and the message says that rollback comes first', async () => {
  const file = copyOfWallet()
  await cli('run', '--db', file)
  const { exitCode, json } = await cliJson('contract', '--db', file)
  expect(exitCode).toBe(3)
  expect(json.error?.message).toContain('Run txkeep-migrate rollback first')
})

test('contract before the cutover leaves the legacy wallet as it was', async () => {
  const file = copyOfWallet()
  const rows = (path: string): unknown[] => {
    const database = new BetterSqlite3(path, { readonly: true })
    const tables = database
      .prepare("select name, sql from sqlite_schema where name not like 'sqlite_%' order by name")
      .all()
    database.close()
    return tables
  }
  for (const args of [['expand'], ['capture', 'start'], ['backfill'], ['contract']]) {
    expect((await cli(...args, '--db', file)).exitCode).toBe(0)
  }
  expect(rows(file)).toEqual(rows(wallet))
})

test('run moves a wallet, and a second run says that it was moved and does nothing', async () => {
  const file = copyOfWallet()
  const first = await cliJson('run', '--db', file)
  expect(first.exitCode).toBe(0)
  expect(first.json).toMatchObject({ ok: true, command: 'run', phase: 'cut-over', wasDone: false, wentBack: false })
  expect(first.json.checks?.length).toBeGreaterThan(20)
  expect(first.json['stats']).toMatchObject({ actions: expect.any(Number), outputs: expect.any(Number) })
  const before = hashOfFile(file)
  const second = await cli('run', '--db', file)
  expect(second).toMatchObject({ exitCode: 0, stdout: 'This wallet was moved already. Nothing was done.\n' })
  expect(hashOfFile(file)).toBe(before)
})

test.each([[['expand']], [['expand', 'capture start']], [['expand', 'capture start', 'backfill']]])(
  'run goes on with a wallet that is half migrated after %j',
  async (done) => {
    const file = copyOfWallet()
    for (const words of done) await cli(...words.split(' '), '--db', file)
    const { exitCode, json } = await cliJson('run', '--db', file)
    expect(exitCode).toBe(0)
    expect(json).toMatchObject({ ok: true, phase: 'cut-over' })
  },
)

test('an empty legacy wallet moves as well', async () => {
  const file = copyOfWallet()
  const database = new BetterSqlite3(file)
  database.pragma('foreign_keys = off')
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all() as string[]
  for (const table of tables.filter((name) => !/^(sqlite_|knex_|settings)/.test(name)))
    database.exec(`delete from "${table}"`)
  database.close()
  expect((await cliJson('run', '--db', file)).json).toMatchObject({ ok: true, phase: 'cut-over' })
})

test('drop-legacy asks first, and without a terminal needs --yes', async () => {
  const file = copyOfWallet()
  await cli('run', '--db', file)
  const answer = await cliProcess(['drop-legacy', '--db', file, '--json', '--after', '0'])
  expect(answer.exitCode).toBe(2)
  expect(parseOneObject(answer.stdout)).toMatchObject({ ok: false, phase: 'cut-over' })
  expect(parseOneObject(answer.stdout).error?.message).toContain('--yes')
})

test('drop-legacy refuses before its days have passed', async () => {
  const file = copyOfWallet()
  await cli('run', '--db', file)
  const { exitCode, json } = await cliJson('drop-legacy', '--db', file, '--yes')
  expect(exitCode).toBe(1)
  expect(json).toMatchObject({
    phase: 'cut-over',
    error: { code: 'CONFLICT', message: expect.stringContaining('0 of 30 days') },
  })
})

test('a difference makes verify end with exit code 1 and the names of the failed checks', async () => {
  const file = copyOfWallet()
  for (const args of [['expand'], ['capture', 'start'], ['backfill']]) await cli(...args, '--db', file)
  const database = new BetterSqlite3(file)
  database.exec(
    'update outputs_new set satoshis = satoshis + 1 where outputId = (select min(outputId) from outputs_new)',
  )
  database.close()
  const { exitCode, json } = await cliJson('verify', '--db', file)
  expect(exitCode).toBe(1)
  expect(json).toMatchObject({ ok: false, phase: 'backfilled' })
  expect(json.checks?.filter((check) => !check.ok).map(({ id }) => id)).toContain('columns.outputs')
  const text = await cli('verify', '--db', file)
  expect(text.stdout).toContain('✗ columns.outputs')
  expect(text.stdout).toContain('Do not go on')
})

test('Ctrl-C stops a backfill at a batch boundary, and the next run finishes it', { timeout: 120_000 }, async () => {
  const file = join(folder, 'bulk.sqlite')
  await makeBulkLegacyDatabase({ file, transactions: 3000, seed: 4 })
  const stopped = await cliProcess(['run', '--online', '--db', file, '--json'], {
    onStart: (child) =>
      child.stderr?.on('data', (data) => {
        if (String(data).includes('capturing')) child.kill('SIGINT')
      }),
  })
  const json = parseOneObject(stopped.stdout)
  expect(json).toMatchObject({ ok: false, phase: 'capturing', error: { code: 'ABORTED' } })
  expect(stopped.exitCode).toBe(1)
  expect(stopped.stderr).toContain('Stopping at the next batch boundary')
  expect((await cliJson('run', '--db', file)).json).toMatchObject({ ok: true, phase: 'cut-over' })
})

test('progress goes to stderr, results to stdout', async () => {
  const file = copyOfWallet()
  const { stdout, stderr } = await cli('run', '--db', file)
  expect(stderr).toContain('phase: none → expanded')
  expect(stderr).toMatch(/✓ Outputs: \d+ \(/)
  expect(stdout).not.toContain('✓ Outputs')
  expect(stdout).toContain('Moved, and nothing was lost.')
})

test('words out of a wallet cannot steer the terminal', async () => {
  const file = copyOfWallet()
  const database = new BetterSqlite3(file)
  database.prepare('update output_baskets set name = ? where basketId = 1').run('\u001b[2J\u0007\u202eboo')
  database.close()
  const { stdout } = await cli('inspect', '--db', file)
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  expect(stdout).toContain('boo')
})

const BUILT = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

function isBuilt(): boolean {
  const sources = globSync(fileURLToPath(new URL('../src/**/*.{ts,tsx}', import.meta.url)))
  return existsSync(BUILT) && sources.every((source) => statSync(source).mtimeMs < statSync(BUILT).mtimeMs)
}

test('the built file runs as it is published', async ({ skip }) => {
  const isRequired = process.env['TXKEEP_REQUIRE_BUILD'] === '1'
  skip(!isBuilt() && !isRequired, 'not built since the sources changed: run pnpm build first')
  const file = copyOfWallet()
  const moved = await runProcess(process.execPath, [BUILT, 'run', '--db', file, '--json', '--yes'])
  expect(parseOneObject(moved.stdout)).toMatchObject({ ok: true, phase: 'cut-over' })
  expect(moved.exitCode).toBe(0)
  const asCommand = await runProcess(BUILT, ['status', '--db', file, '--json'])
  expect(parseOneObject(asCommand.stdout)).toMatchObject({ ok: true, phase: 'cut-over' })
})
