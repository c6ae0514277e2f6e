import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describeOnEngines } from '@txkeep/test-engines'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const NODE = ['--conditions=@txkeep/source', '--import', 'tsx', join(import.meta.dirname, '../src/main.ts')]

await describeOnEngines(
  'two server processes',
  (engine) => {
    test('serve two devices of one user that pay at the same time, and both see the same coins', async () => {
      const database = await engine.makeDatabase()
      onTestFinished(() => database.drop())
      const { stdout } = await run(process.execPath, NODE, { env: { ...process.env, DATABASE_URL: database.url } })
      expect(stdout).toContain('received: 40000 satoshis\n')
      const [, phone, laptop] = /the phone sees (\d+) satoshis, the laptop (\d+)/.exec(stdout) ?? []
      expect(Number(phone)).toBeLessThan(36_000)
      expect(Number(phone)).toBeGreaterThan(35_900)
      expect(laptop).toBe(phone)
    })
  },
  ['Postgres'],
)

test('without a database it says what to set', async () => {
  const { DATABASE_URL: _, ...env } = process.env
  await expect(run(process.execPath, NODE, { env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Set DATABASE_URL to an empty Postgres database'),
  })
})
