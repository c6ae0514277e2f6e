import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterEach, expect, test } from 'vitest'

import { describeOnEngines, testEngines } from '../src/index.js'

const run = promisify(execFile)
const saved = { ...process.env }

afterEach(() => {
  process.env = { ...saved }
})

await describeOnEngines('a database of a test', (engine) => {
  test('is empty, nobody else’s, and gone when it is dropped', async () => {
    const [one, other] = [await engine.makeDatabase(), await engine.makeDatabase()]
    await one.query('create table coins (id integer)')
    await one.query('insert into coins values (7)')
    expect(await one.query('select id from coins')).toEqual([{ id: 7 }])
    await expect(other.query('select id from coins')).rejects.toThrow()
    await Promise.all([one.drop(), other.drop()])
    await expect(one.query('select id from coins')).rejects.toThrow()
  })
})

test('a server that does not answer is missing, and its password is not shown', async () => {
  process.env['TXKEEP_TEST_POSTGRES_URL'] = 'postgres://me:hunter2@127.0.0.1:1/wallet'
  process.env['TXKEEP_TEST_MYSQL_URL'] = 'mysql://me:hunter2@127.0.0.1:1/wallet'
  const { Postgres, MySQL } = await testEngines()
  expect(Postgres.missing).toBe(
    'no Postgres at 127.0.0.1:1 (ECONNREFUSED); start one, or name it in TXKEEP_TEST_POSTGRES_URL',
  )
  expect(MySQL.missing).toBe(
    'no MySQL or MariaDB at 127.0.0.1:1 (ECONNREFUSED); start one, or name it in TXKEEP_TEST_MYSQL_URL',
  )
})

test('a suite on a missing engine is skipped with its reason, and fails where engines are required', async () => {
  const vitest = (required: string): Promise<{ stdout: string; stderr: string }> =>
    run('pnpm', ['exec', 'vitest', 'run', '--config', 'vitest.config.js'], {
      cwd: join(import.meta.dirname, 'missing'),
      env: { ...saved, TXKEEP_TEST_POSTGRES_URL: 'postgres://127.0.0.1:1/wallet', TXKEEP_REQUIRE_ENGINES: required },
    })
  const skipped = await vitest('')
  expect(skipped.stdout).toContain('1 skipped')
  expect(skipped.stdout + skipped.stderr).toContain('Skipped: a suite on Postgres: no Postgres at 127.0.0.1:1')
  await expect(vitest('1')).rejects.toMatchObject({ stdout: expect.stringContaining('1 failed') as string })
})
