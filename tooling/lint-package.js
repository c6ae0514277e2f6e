#!/usr/bin/env node
// Packs the package in the current folder as it would be published, then asks publint (strict) and
// "are the types wrong" about the tarball. Run it after a build; nothing here reaches the network.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ownCommands = join(dirname(fileURLToPath(import.meta.url)), 'node_modules', '.bin')
const env = { ...process.env, PATH: [ownCommands, process.env.PATH].join(delimiter) }
const folder = mkdtempSync(join(tmpdir(), 'txkeep-pack-'))
try {
  run('pnpm', ['pack', '--pack-destination', folder])
  const tarball = readdirSync(folder).map((name) => join(folder, name))
  run('publint', ['run', ...tarball, '--strict'])
  run('attw', [...tarball, '--profile', 'node16', '--format', 'ascii'])
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, encoding: 'utf8' })
  if (error) throw error
  if (status === 0) return
  console.error(`${command} found fault with the package:\n${stdout}${stderr}`)
  process.exitCode = 1
}
