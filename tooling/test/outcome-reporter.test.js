import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { workspaceRoot } from '../boundaries.js'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'txkeep-outcome-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What is known afterwards of a project with this one test file. */
function outcomeOf(testFile) {
  const outcome = join(folder, 'results', 'a.outcome.json')
  const reporter = pathToFileURL(join(workspaceRoot, 'tooling', 'outcome-reporter.js'))
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `import { OutcomeReporter } from '${reporter}'
     export default { test: { globals: true, reporters: [new OutcomeReporter(${JSON.stringify(outcome)})] } }`,
  )
  writeFileSync(join(folder, 'a.test.js'), testFile)
  spawnSync(process.execPath, [vitest, 'run', '--root', folder], { cwd: folder, encoding: 'utf8' })
  return existsSync(outcome) ? JSON.parse(readFileSync(outcome, 'utf8')) : undefined
}

it('a run without errors ended with 0', () => {
  expect(outcomeOf('it("a", () => undefined)')).toEqual({ exitCode: 0, errors: [] })
})

it('a failed test ends the run with 1 and is no error outside of tests', () => {
  expect(outcomeOf('it("a", () => { throw new Error("x") })')).toEqual({ exitCode: 1, errors: [] })
})

it('a rejection nobody handled is named', () => {
  const testFile = 'it("a", () => { Promise.reject(new Error("left alone")) })'
  expect(outcomeOf(testFile)).toEqual({ exitCode: 1, errors: ['left alone'] })
})

it('a worker that crashed is named with its test file', () => {
  const { exitCode, errors } = outcomeOf('it("a", () => process.kill(process.pid, "SIGKILL"))')
  expect(exitCode).toBe(1)
  expect(errors).toEqual([expect.stringMatching(/exited unexpectedly.*a\.test\.js/)])
})

it('a run that was killed leaves no outcome', () => {
  expect(outcomeOf('it("a", () => process.kill(process.ppid, "SIGKILL"))')).toBeUndefined()
})
