import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * The full titles (groups and test joined by ` > `) of every test of a project, as vitest collects them, so that titles
 * made from tables and from the testkit's cases are among them. Runs no test.
 *
 * @param projectRoot the folder of the project's vitest config
 */
export async function testTitles(projectRoot: string): Promise<string[]> {
  const manifest = createRequire(join(projectRoot, 'package.json')).resolve('vitest/package.json')
  const args = [join(dirname(manifest), 'vitest.mjs'), 'list', '--json', '--no-static-parse']
  const { stdout } = await run(process.execPath, args, { cwd: projectRoot, maxBuffer: 64 * 1024 * 1024 })
  const tests = JSON.parse(stdout.slice(stdout.indexOf('['))) as { name: string }[]
  return tests.map(({ name }) => name)
}
