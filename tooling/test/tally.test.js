import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { projects, workspaceRoot } from '../boundaries.js'

const names = [...projects().map(({ root }) => root.split('/')[1]), 'tooling']
let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'txkeep-tally-'))
  for (const name of names) report(name, { numPassedTests: 2, numFailedTests: 0 })
})
afterEach(() => rmSync(folder, { recursive: true }))

function report(name, counts) {
  const whole = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [], ...counts }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(whole))
}

/** The last line of the tally, and how it exits. */
function tally(testsStatus = 0, failedSteps = 0) {
  const script = join(workspaceRoot, '.ci', 'tally.mjs')
  const run = spawnSync(process.execPath, [script, String(testsStatus), String(failedSteps), folder], {
    encoding: 'utf8',
  })
  return { last: run.stdout.trimEnd().split('\n').at(-1), status: run.status }
}

it('every project counts, and nothing failed is success', () => {
  expect(tally()).toEqual({ last: `${names.length * 2} passed, 0 failed`, status: 0 })
})

it('a failed test and a failed step count one each', () => {
  report('core', { numPassedTests: 1, numFailedTests: 1 })
  expect(tally(1, 1)).toEqual({ last: `${names.length * 2 - 1} passed, 2 failed`, status: 1 })
})

it('a test file that did not load counts as a failure', () => {
  const unloaded = { name: join(workspaceRoot, 'packages/fsm/src/a.test.ts'), status: 'failed', assertionResults: [] }
  report('fsm', { numPassedTests: 2, testResults: [unloaded] })
  expect(tally(1)).toEqual({ last: `${names.length * 2} passed, 1 failed`, status: 1 })
})

it('a project without a report counts as a failure', () => {
  rmSync(join(folder, readdirSync(folder)[0]))
  expect(tally(1).last).toBe(`${(names.length - 1) * 2} passed, 1 failed`)
})

it('a test run that failed for a reason no report names counts as a failure', () => {
  expect(tally(124)).toEqual({ last: `${names.length * 2} passed, 1 failed`, status: 1 })
})
