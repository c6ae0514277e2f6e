import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

test('the quickstart does everything it claims, in less than three minutes', { timeout: 180_000 }, async () => {
  const args = ['--conditions=@txkeep/source', '--import', import.meta.resolve('tsx'), at('../src/quickstart.ts')]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 175_000 })
  expect(stdout.match(/^ ?\d+\. /gm)?.length).toBe(10)
  expect(stdout).toContain('in the end 3 × confirmed')
  expect(stdout).toMatch(/[1-9]\d* writes went along: the published wallet opens it/)
  expect(stdout).toContain('What happened:')
  expect(existsSync(at('../../../out/quickstart/report.html'))).toBe(true)
})
