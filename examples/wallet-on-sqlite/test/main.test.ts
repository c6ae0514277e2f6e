import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const NODE = ['--conditions=@txkeep/source', '--import', 'tsx', join(import.meta.dirname, '../src/main.ts')]

test('a wallet on a SQLite file receives and pays, and finds its store again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-example-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const time of ['first', 'second']) {
    const { stdout } = await run(process.execPath, [...NODE, join(folder, 'wallet.sqlite')])
    expect(stdout, `the ${time} time`).toContain('received: 10000 satoshis\n')
    expect(stdout, `the ${time} time`).toMatch(/^paid 1000 in [0-9a-f]{64}; left: 8\d{3} satoshis$/m)
  }
})
