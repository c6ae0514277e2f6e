// node .ci/tally.mjs TESTS_STATUS FAILED_STEPS [RESULTS_FOLDER]
// Adds up the vitest reports of every project and prints, as its last line, `N passed, N failed`. Exits 1 when
// anything failed. A project without a report, a test file that never loaded and a test run that failed for a reason
// no report names each count as one failure: nothing that went wrong may come out as 0.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [testsStatus, failedSteps] = process.argv.slice(2, 4).map(Number)
const results = process.argv[4] ?? join(root, 'test-results')

const counts = projectsWithTests().map(countProject)
let passed = 0
let failed = 0
for (const { name, passed: good, failed: bad, notes } of counts) {
  console.log(`${name.padEnd(20)} ${String(good).padStart(6)} passed ${String(bad).padStart(4)} failed`)
  for (const note of notes) console.log(`  ${note}`)
  passed += good
  failed += bad
}
if (testsStatus !== 0 && failed === 0) {
  console.log(`The test run ended with ${testsStatus} although no test failed.`)
  failed += 1
}
if (failedSteps > 0) console.log(`${failedSteps} other steps failed.`)
failed += failedSteps
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function projectsWithTests() {
  const folders = ['packages', 'tools'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  )
  return [...folders, 'tooling'].filter((folder) => {
    const manifest = join(root, folder, 'package.json')
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.test !== undefined
  })
}

function countProject(folder) {
  const name = basename(folder)
  const report = join(results, `${name}.json`)
  if (!existsSync(report)) return { name, passed: 0, failed: 1, notes: ['no report: its tests did not run'] }
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  const notes = [
    ...unloaded.map((file) => `did not load: ${relative(root, file.name)}`),
    ...failures.map(({ fullName }) => `failed: ${fullName}`),
    ...(numPendingTests > 0 ? [`${numPendingTests} skipped`] : []),
  ]
  return { name, passed: numPassedTests, failed: numFailedTests + unloaded.length, notes }
}
