// Makes `npm run quickstart` and `npm test` work on a machine that has only npm and some Node from 18 on:
// fetches the pinned Node and pnpm from the npm registry into `.toolchain/`, installs the workspace, then runs
// the pnpm script it was asked for. Plain JavaScript without dependencies, because nothing is installed yet.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const toolchain = join(root, '.toolchain')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pnpmVersion = manifest.packageManager.replace(/^pnpm@/, '')
const nodeVersion = readFileSync(join(root, '.node-version'), 'utf8').trim()
const isWindows = process.platform === 'win32'

function main([script, ...args]) {
  if (script === undefined)
    fail('Usage: node tools/bootstrap/bootstrap.mjs <script> [args]. Name a script of package.json.')
  const path = [pnpmBinDirectory(), nodeBinDirectory(), process.env.PATH].filter(Boolean).join(delimiter)
  const env = { ...process.env, PATH: path, NX_DAEMON: process.env.NX_DAEMON ?? 'false', NX_TUI: 'false' }
  run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], env)
  if (script !== 'install') run('pnpm', ['run', script, ...args], env)
}

/** The folder of a Node that is new enough, or undefined when the running one is. */
function nodeBinDirectory() {
  if (Number(process.versions.node.split('.')[0]) >= Number(nodeVersion.split('.')[0])) return undefined
  const os = isWindows ? 'win' : process.platform
  const name = `node-${os}-${process.arch}`
  const folder = fetchPackage(name, nodeVersion)
  return join(folder, 'bin')
}

function pnpmBinDirectory() {
  fetchPackage('pnpm', pnpmVersion)
  return join(toolchain, `pnpm-${pnpmVersion}`, 'node_modules', '.bin')
}

/** Installs one registry package into a folder of its own, once; a half-finished install is done again. */
function fetchPackage(name, version) {
  const home = join(toolchain, `${name}-${version}`)
  const done = join(home, '.complete')
  if (!existsSync(done)) {
    mkdirSync(home, { recursive: true })
    console.error(`Fetching ${name} ${version} from the npm registry (once) …`)
    writeFileSync(join(home, 'package.json'), '{"private":true}\n')
    run(
      'npm',
      ['install', `${name}@${version}`, '--prefix', home, '--no-audit', '--no-fund', '--no-save', '--loglevel=error'],
      process.env,
    )
    writeFileSync(done, '')
  }
  return join(home, 'node_modules', name)
}

function run(command, args, env) {
  const result = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell: isWindows })
  if (result.error) fail(`Could not start ${command}: ${result.error.message}. Is it on the PATH?`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

function fail(sentence) {
  console.error(sentence)
  process.exit(2)
}

main(process.argv.slice(2))
