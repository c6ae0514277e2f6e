import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI_ARGUMENTS, cli, cliJson, cliProcess, hashOfFile, parseOneObject, runProcess } from './support/run-cli.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-bad-input-'))
const wallet = join(folder, 'wallet.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({ file: wallet, seed: 21, actions: 16, users: 2 })
  chmodSync(folder, 0o755)
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

let serial = 0

/** A copy of the wallet to damage. */
function walletWith(change: (database: BetterSqlite3.Database) => void): string {
  const file = join(folder, `damaged-${(serial += 1)}.sqlite`)
  copyFileSync(wallet, file)
  const database = new BetterSqlite3(file)
  change(database)
  database.close()
  return file
}

/** Every command that would write, in a phase it may not be in: the input is looked at first. */
const WRITING = ['expand', 'run', 'cutover', 'backfill'] as const

describe.each(WRITING)('%s', (command) => {
  test('says that a file is not there, and makes none', async () => {
    const file = join(folder, 'nothing.sqlite')
    const answer = await cliJson(command, '--db', file)
    expect(answer.exitCode).toBe(2)
    expect(answer.json).toMatchObject({ ok: false, command, phase: null, error: { code: 'STORE_UNAVAILABLE' } })
    expect(answer.json.error?.message).toContain('Check the path')
    expect(existsSync(file)).toBe(false)
  })

  test('says that a folder is not a file', async () => {
    const answer = await cliJson(command, '--db', folder)
    expect(answer.exitCode).toBe(2)
    expect(answer.json.error?.message).toContain('is not a file')
  })

  test.each([
    ['a text file', 'These are my notes, not a database.\n'.repeat(40), 'not an SQLite database'],
    ['an empty file', '', 'is empty'],
  ])('says what is wrong with %s and leaves it alone', async (_, content, sentence) => {
    const file = join(folder, `content-${(serial += 1)}`)
    writeFileSync(file, content)
    const before = hashOfFile(file)
    const answer = await cliJson(command, '--db', file)
    expect(answer.exitCode).toBe(2)
    expect(answer.json.error).toMatchObject({ code: 'NOT_A_WALLET', message: expect.stringContaining(sentence) })
    expect(hashOfFile(file)).toBe(before)
  })

  test.each<[string, string, (database: BetterSqlite3.Database) => void, string]>([
    [
      'a database without wallet tables',
      'NOT_A_WALLET',
      (database) => database.exec('drop table proven_tx_reqs'),
      'holds no wallet this build knows',
    ],
    [
      'a wallet too old to have merkle paths',
      'NOT_A_WALLET',
      (database) => database.exec('alter table proven_txs drop column merklePath'),
      'lacks merklePath',
    ],
    [
      'a legacy wallet newer than this build',
      'NOT_A_WALLET',
      (database) =>
        database.exec("insert into knex_migrations (name, batch) values ('2031-01-01-001 something new', 9)"),
      'newer version than this build reads',
    ],
    [
      'a migration that a newer build began',
      'SCHEMA_VERSION',
      (database) =>
        database.exec(
          "create table migration_state (id integer primary key, phase text); insert into migration_state values (1, 'teleported')",
        ),
      '"teleported", which this build does not know',
    ],
    [
      'a schema newer than this build',
      'SCHEMA_VERSION',
      (database) =>
        database.exec(
          'create table txkeep_migrations (version integer primary key); insert into txkeep_migrations values (99)',
        ),
      'schema version 99',
    ],
  ])('refuses %s without changing a byte', async (_, code, damage, sentence) => {
    const file = walletWith(damage)
    const before = hashOfFile(file)
    const answer = await cliJson(command, '--db', file)
    expect(answer.json.error).toMatchObject({ code, message: expect.stringContaining(sentence) })
    expect(answer.exitCode).toBe(2)
    expect(hashOfFile(file)).toBe(before)
  })
})

test('a file of another program is left alone, and what it is not is said', async () => {
  const file = join(folder, 'other.sqlite')
  const database = new BetterSqlite3(file)
  database.exec('create table bookmarks (url text)')
  database.close()
  const before = hashOfFile(file)
  const answer = await cli('run', '--db', file)
  expect(answer).toMatchObject({ exitCode: 2, stdout: '' })
  expect(answer.stderr).toContain('is a database, but holds no wallet this build knows. Check the path.')
  expect(hashOfFile(file)).toBe(before)
})

test.each([
  ['postgres://wallet:secret@127.0.0.1:1/wallet', 2, /127\.0\.0\.1|connect/i],
  ['mysql://wallet:secret@127.0.0.1:1/wallet', 2, /on MariaDB this version does inspect/],
])('of %s, which cannot be moved, the password is not repeated', async (url, exitCode, sentence) => {
  const answer = await cliJson('run', '--db', url)
  expect(answer.json.error?.message).toMatch(sentence)
  expect(answer.exitCode).toBe(exitCode)
  expect(answer.stdout + answer.stderr).not.toContain('secret')
})

test('a database another process locks is waited for a while, then named, and not changed', async () => {
  const file = walletWith(() => undefined)
  const before = hashOfFile(file)
  const locker = spawn(process.execPath, ['-e', LOCK, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: new URL('..', import.meta.url),
  })
  const ended = new Promise((resolve) => locker.on('close', resolve))
  await new Promise((resolve) => locker.stdout.once('data', resolve))
  const answer = await cliJson('expand', '--db', file)
  locker.stdin.end()
  await ended
  expect(answer.exitCode).toBe(1)
  expect(answer.json.error).toMatchObject({
    code: 'STORE_BUSY',
    message: expect.stringContaining('Another process keeps'),
  })
  expect(hashOfFile(file)).toBe(before)
})

/** Holds the file locked against readers until its standard input ends. */
const LOCK = `
const database = new (require('better-sqlite3'))(process.argv[1])
database.exec('begin exclusive')
process.stdout.write('locked')
process.stdin.on('end', () => database.close()).resume()
`

const NOBODY = 65_534

test.each(['a read-only file', 'a file in a read-only folder'])(
  '%s is refused by a command that writes, and read by one that looks',
  async (which) => {
    const home = join(folder, `readonly-${(serial += 1)}`)
    mkdirSync(home)
    const file = join(home, 'wallet.sqlite')
    copyFileSync(wallet, file)
    const isRoot = process.getuid?.() === 0
    if (isRoot) {
      // Root may write everything, so somebody else has to try.
      chownSync(home, NOBODY, NOBODY)
      chownSync(file, NOBODY, NOBODY)
    }
    chmodSync(file, which === 'a read-only file' ? 0o444 : 0o644)
    chmodSync(home, which === 'a read-only file' ? 0o755 : 0o555)
    const before = hashOfFile(file)
    const who = isRoot ? { uid: NOBODY } : {}
    const refused = await cliProcess(['expand', '--db', file, '--json'], who)
    expect(parseOneObject(refused.stdout).error).toMatchObject({
      code: 'READ_ONLY',
      message: expect.stringContaining('cannot be written'),
    })
    expect(refused.exitCode).toBe(1)
    const looked = await cliProcess(['status', '--db', file, '--json'], who)
    expect(parseOneObject(looked.stdout)).toMatchObject({ ok: true, phase: 'none' })
    expect(hashOfFile(file)).toBe(before)
    chmodSync(home, 0o755)
  },
)

test('a full disk stops the move in good order, and with more space the same command finishes it', async ({ skip }) => {
  const out = join(folder, 'after-full-disk.sqlite')
  const mount = mkdtempSync(join(folder, 'mount-'))
  const kib = Math.ceil(statSync(wallet).size / 1024) + 260
  const script = `mount -t tmpfs -o size=${kib}k none "$1" && cp "$2" "$1/w.sqlite" && shift 1 && out="$2" && shift 2
    "$@" run --db "${mount}/w.sqlite" --json; code=$?; cp "${mount}/w.sqlite" "$out"; exit $code`
  const args = ['-rm', 'sh', '-c', script, 'sh', mount, wallet, out, process.execPath, ...CLI_ARGUMENTS]
  const full = await runProcess('unshare', args).catch(() => undefined)
  if (full === undefined || full.stdout === '') return skip('this system lets nobody mount a small disk')
  const json = parseOneObject(full.stdout)
  expect(json.error).toMatchObject({ code: 'DISK_FULL', message: expect.stringContaining('Free some space') })
  expect(full.exitCode).toBe(1)
  expect(json.phase).toMatch(/none|expanded|capturing/)
  const again = await cliJson('run', '--db', out)
  expect(again.json).toMatchObject({ ok: true, phase: 'cut-over' })
})
