import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { MadeLegacyWallet } from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

const folder = temporaryFolder()
const script = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const run = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['--conditions=@txkeep/source', '--import', 'tsx', script, ...args])

describe('the legacy wallet maker command', () => {
  it('makes a wallet and prints one JSON object and nothing else', async () => {
    const file = join(folder, 'cli.sqlite')
    const { stdout, stderr } = await run('--out', file, '--actions', '0', '--users', '1', '--seed', '4')
    const made = JSON.parse(stdout) as MadeLegacyWallet
    expect(stderr).toBe('')
    expect(made).toMatchObject({ file, chainFile: `${file}.chain` })
    expect(made.users).toHaveLength(1)
  })

  it('refuses a number that is none', async () => {
    await expect(run('--out', join(folder, 'never.sqlite'), '--actions', 'many')).rejects.toThrow(/whole number/)
  })
})
