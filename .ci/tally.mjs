// node .ci/tally.mjs TESTS_STATUS FAILED_STEPS [RESULTS_FOLDER]
// Adds up the vitest reports of every project and prints, as its last line, `N passed, N failed`. Exits 1 when
// anything failed. A project without a report, a test file that never loaded, an error that belongs to no test (a
// worker that crashed) and a run that failed for a reason no report names each count as one failure: nothing that
// went wrong may come out as 0, or without its cause.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [testsStatus, failedSteps] = process.argv.slice(2, 4).map(Number)
const results = process.argv[4] ?? join(root, 'test-results')
/** How much of a log tells the cause without hiding the counts. */
const TAIL_LINES = 60

const counts = projectsWithTests().map(countProject)
let passed = 0
let failed = 0
for (const { name, passed: good, failed: bad, notes, log } of counts) {
  console.log(`${name.padEnd(20)} ${String(good).padStart(6)} passed ${String(bad).padStart(4)} failed`)
  for (const note of notes) console.log(`  ${note}`)
  for (const line of log) console.log(`  | ${line}`)
  passed += good
  failed += bad
}
if (testsStatus !== 0 && failed === 0) {
  console.log(`The test run ended with ${testsStatus} although no test failed. Its last lines:`)
  for (const line of readLog().slice(-TAIL_LINES)) console.log(`  | ${line}`)
  failed += 1
}
if (failedSteps > 0) console.log(`${failedSteps} other steps failed.`)
failed += failedSteps
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function projectsWithTests() {
  const folders = ['packages', 'tools', 'examples'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  )
  return [...folders, 'tooling'].filter((folder) => {
    const manifest = join(root, folder, 'package.json')
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.test !== undefined
  })
}

function countProject(folder) {
  const name = basename(folder)
  const report = readJson(`${name}.json`)
  if (report === undefined) {
    return { name, passed: 0, failed: 1, notes: ['no report: its tests did not run'], log: logOf(name) }
  }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = report
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  const outside = failuresOutsideTests(name)
  const named = numFailedTests + unloaded.length + outside.errors.length
  const unnamed = named === 0 ? outside.ends : []
  const notes = [
    ...unloaded.map((file) => `did not load: ${relative(root, file.name)}`),
    ...failures.map(({ fullName }) => `failed: ${fullName}`),
    ...outside.errors.map((error) => `error outside of any test: ${error}`),
    ...unnamed,
    ...(numPendingTests > 0 ? [`${numPendingTests} skipped, or never reached`] : []),
  ]
  const log = outside.errors.length + unnamed.length > 0 ? logOf(name) : []
  return { name, passed: numPassedTests, failed: named + unnamed.length, notes, log }
}

/** What went wrong beside the tests, from the file that tooling's reporter writes when the process ends. */
function failuresOutsideTests(name) {
  const outcome = readJson(`${name}.outcome.json`)
  if (outcome === undefined) return { errors: [], ends: ['its run was killed before it could say how it ended'] }
  const { exitCode, errors } = outcome
  return { errors, ends: exitCode === 0 ? [] : [`its run ended with ${exitCode} although none of its tests failed`] }
}

function readJson(file) {
  const path = join(results, file)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** The end of what a project's task printed. */
function logOf(name) {
  const lines = readLog()
  const start = lines.lastIndexOf(`> nx run @txkeep/${name}:test`)
  if (start === -1) return []
  const length = lines.slice(start + 1).findIndex((line) => /^(> nx run |[✔✖] {2}nx run |.*\bNX {3})/.test(line))
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).slice(-TAIL_LINES)
}

function readLog() {
  const path = join(results, 'npm-test.log')
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}
