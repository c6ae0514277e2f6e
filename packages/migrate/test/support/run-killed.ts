import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const HERE: string = fileURLToPath(new URL('.', import.meta.url))
const OUT: string = fileURLToPath(new URL('../../node_modules/.cache/killed-command', import.meta.url))

/** Bundles the command that kills itself. */
export async function bundleKilledCommand(): Promise<string> {
  return await bundleScript('killed-command')
}

/** Bundles a script of this folder once, so that a child starts in a fraction of the time. Resolves to the file to run. */
export async function bundleScript(name: string): Promise<string> {
  await build({
    entry: [`${HERE}${name}.ts`],
    format: 'esm',
    outDir: OUT,
    config: false,
    silent: true,
    clean: false,
    dts: false,
    noExternal: [/^@txkeep\//],
    external: ['better-sqlite3', 'knex', '@bsv/sdk'],
    esbuildOptions: (options) => {
      options.conditions = ['@txkeep/source']
    },
  })
  return `${OUT}/${name}.js`
}

/** How a child ended. */
export interface ChildEnd {
  readonly signal: NodeJS.Signals | null
  readonly code: number | null
  readonly stderr: string
}

/** Runs the command; with `killAfterMs` it is killed that long after it said that it begins. */
export async function runKilled(script: string, args: readonly string[], killAfterMs?: number): Promise<ChildEnd> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (data) => (stderr += String(data)))
  child.stdout.once('data', () => {
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stderr }))
  })
}
