import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const NODE = ['--conditions=@txkeep/source', '--import', 'tsx', join(import.meta.dirname, '../src/main.ts')]

test('a wallet moves from a legacy store to txkeep and back with every coin and action', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-example-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { stdout } = await run(process.execPath, [...NODE, folder])
  const said = Object.fromEntries(stdout.split('\n').map((line) => line.split(': ')))
  expect(said['legacy']).toMatch(/^18\d{3} satoshis in 2 actions$/)
  expect(said['moved']).toBe(said['legacy'])
  expect(said['txkeep']).toMatch(/^17\d{3} satoshis in 3 actions$/)
  expect(said['and back']).toBe(said['txkeep'])
})
