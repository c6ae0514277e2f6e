import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

function report(name, counts, outcome = { exitCode: 0, errors: [] }) {
  const whole = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [], ...counts }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(whole))
  writeFileSync(join(folder, `${name}.outcome.json`), JSON.stringify(outcome))
}

/** What `npm test` printed: nx shows the output of a failed task as one block. */
function log(...lines) {
  writeFileSync(join(folder, 'npm-test.log'), lines.join('\n'))
}

/** What the tally printed, its last line, and how it exits. */
function tally(testsStatus = 0, failedSteps = 0) {
  const script = join(workspaceRoot, '.ci', 'tally.mjs')
  const run = spawnSync(process.execPath, [script, String(testsStatus), String(failedSteps), folder], {
    encoding: 'utf8',
  })
  const lines = run.stdout.trimEnd().split('\n')
  return { lines, last: lines.at(-1), status: run.status }
}

it('every project counts, and nothing failed is success', () => {
  expect(tally()).toMatchObject({ last: `${names.length * 2} passed, 0 failed`, status: 0 })
})

it('a failed test and a failed step count one each', () => {
  report('core', { numPassedTests: 1, numFailedTests: 1 })
  expect(tally(1, 1)).toMatchObject({ last: `${names.length * 2 - 1} passed, 2 failed`, status: 1 })
})

it('a test file that did not load counts as a failure', () => {
  const unloaded = { name: join(workspaceRoot, 'packages/fsm/src/a.test.ts'), status: 'failed', assertionResults: [] }
  report('fsm', { numPassedTests: 2, testResults: [unloaded] })
  expect(tally(1)).toMatchObject({ last: `${names.length * 2} passed, 1 failed`, status: 1 })
})

it('a project without a report counts as a failure', () => {
  rmSync(join(folder, 'core.json'))
  log('> nx run @txkeep/core:test', 'no such configuration', '', '> nx run @txkeep/fsm:test', 'fine')
  const { lines } = tally(1)
  expect(lines).toEqual(expect.arrayContaining(['  no report: its tests did not run', '  | no such configuration']))
  expect(lines).not.toContain('  | fine')
  expect(lines.at(-1)).toBe(`${(names.length - 1) * 2} passed, 1 failed`)
})

it('an error outside of any test counts as a failure, is named, and shows what the project printed last', () => {
  report('fsm', { numPassedTests: 2 }, { exitCode: 1, errors: ['the worker crashed on a.test.ts'] })
  log(
    '> nx run @txkeep/core:test',
    'not this',
    '> nx run @txkeep/fsm:test',
    'out of memory',
    '✔  nx run @txkeep/x:test',
  )
  const { lines, last, status } = tally(1)
  expect({ last, status }).toEqual({ last: `${names.length * 2} passed, 1 failed`, status: 1 })
  const cause = lines.indexOf('  error outside of any test: the worker crashed on a.test.ts')
  expect(lines.slice(cause - 1, cause + 3)).toEqual([
    expect.stringMatching(/^fsm +2 passed +1 failed$/),
    '  error outside of any test: the worker crashed on a.test.ts',
    '  | > nx run @txkeep/fsm:test',
    '  | out of memory',
  ])
  expect(lines[cause + 3]).not.toMatch(/\|/)
})

it('a run that ended with an error nobody named, or was killed, counts as a failure', () => {
  report('core', { numPassedTests: 2 }, { exitCode: 1, errors: [] })
  rmSync(join(folder, 'fsm.outcome.json'))
  const { lines, last } = tally(1)
  expect(lines).toContain('  its run ended with 1 although none of its tests failed')
  expect(lines).toContain('  its run was killed before it could say how it ended')
  expect(last).toBe(`${names.length * 2} passed, 2 failed`)
})

it('a test run that failed for a reason no report names counts as a failure, and shows its last lines', () => {
  log('something', 'the task runner ended')
  const { lines, last, status } = tally(124)
  expect({ last, status }).toEqual({ last: `${names.length * 2} passed, 1 failed`, status: 1 })
  expect(lines).toContain('  | the task runner ended')
})
