import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { runCli } from '../../src/cli/run-cli.js'

/** What one run of the command line said and answered. */
export interface CliAnswer {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The parts of the one JSON object that tests look at. */
export interface JsonAnswer {
  readonly ok: boolean
  readonly command: string | null
  readonly phase: string | null
  readonly durationMs: number
  readonly checks?: readonly { readonly id: string; readonly ok: boolean; expected: unknown; actual: unknown }[]
  readonly findings?: readonly { readonly class: string; readonly count: number }[]
  readonly error?: { readonly code: string; readonly message: string }
  readonly [fact: string]: unknown
}

/** Runs the command line inside this process, which is quick. */
export async function cli(...args: readonly string[]): Promise<CliAnswer> {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  const keep = (texts: string[]) => (text: string | Uint8Array) => texts.push(String(text)) > 0
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep(stdout)),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep(stderr)),
  ]
  try {
    const exitCode = await runCli(args)
    return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** The same with `--json`: throws unless stdout is exactly one JSON object on one line. */
export async function cliJson(...args: readonly string[]): Promise<CliAnswer & { readonly json: JsonAnswer }> {
  const answer = await cli(...args, '--json')
  return { ...answer, json: parseOneObject(answer.stdout) }
}

export function parseOneObject(stdout: string): JsonAnswer {
  const lines = stdout.split('\n')
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`Not one line: ${JSON.stringify(stdout)}`)
  return JSON.parse(lines[0] ?? '') as JsonAnswer
}

/** The arguments for node that run the command line from its sources. */
export const CLI_ARGUMENTS: readonly string[] = [
  '--conditions=@txkeep/source',
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('../../src/cli.ts', import.meta.url)),
]

/** Runs the command line as a process of its own. */
export async function cliProcess(
  args: readonly string[],
  options: { readonly uid?: number; readonly onStart?: (child: ChildProcess) => unknown } = {},
): Promise<CliAnswer> {
  return await runProcess(process.execPath, [...CLI_ARGUMENTS, ...args], options)
}

export async function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly uid?: number; readonly onStart?: (child: ChildProcess) => unknown } = {},
): Promise<CliAnswer> {
  const { uid, onStart } = options
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const [stdout, stderr]: [string[], string[]] = [[], []]
  child.stdout.on('data', (data) => stdout.push(String(data)))
  child.stderr.on('data', (data) => stderr.push(String(data)))
  void onStart?.(child)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
}

export function hashOfFile(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
