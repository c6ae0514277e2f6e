import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What one child process did and what it cost. */
export interface MeasuredChild {
  readonly exitCode: number
  readonly durationMs: number
  /** The most memory it ever held, as the operating system counts it. */
  readonly peakRssBytes: number
  /** Processor time of all its threads, which other processes of the machine hardly change. */
  readonly cpuMs: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs in the child before its own code: leaves behind what it used, which the parent cannot ask for once it is gone. Where the
 * system tells the peak of the program itself, that is taken: the other one begins with what its parent held.
 */
const REPORT_USAGE = `
  import { readFileSync, writeFileSync } from 'node:fs'
  const ownPeak = () => {
    try {
      return Number(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    } catch {
      return NaN
    }
  }
  process.on('exit', () => {
    const usage = process.resourceUsage()
    writeFileSync(process.env.TXKEEP_BENCH_USAGE, JSON.stringify({ ...usage, maxRSS: ownPeak() || usage.maxRSS }))
  })
`

/** Runs `node args…` to its end. Never throws for a failed child: the caller looks at `exitCode`. */
export async function runMeasured(args: readonly string[]): Promise<MeasuredChild> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-bench-peak-'))
  const usageFile = join(folder, 'usage')
  const hook = `data:text/javascript,${encodeURIComponent(REPORT_USAGE)}`
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', hook, ...args], {
    env: { ...process.env, TXKEEP_BENCH_USAGE: usageFile, CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? -1))
  })
  const durationMs = performance.now() - started
  const usage = await readUsage(usageFile)
  await rm(folder, { recursive: true, force: true })
  return { exitCode, durationMs, ...usage, stdout, stderr }
}

async function readUsage(file: string): Promise<{ peakRssBytes: number; cpuMs: number }> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(text) as Partial<NodeJS.ResourceUsage>
  return {
    peakRssBytes: (maxRSS ?? Number.NaN) * 1024,
    cpuMs: ((userCPUTime ?? Number.NaN) + (systemCPUTime ?? Number.NaN)) / 1000,
  }
}
