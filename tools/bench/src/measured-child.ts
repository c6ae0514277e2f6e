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
  readonly stdout: string
  readonly stderr: string
}

/** Runs in the child before its own code: leaves its peak behind, which the parent cannot ask for once it is gone. */
const REPORT_PEAK = `
  import { writeFileSync } from 'node:fs'
  process.on('exit', () => writeFileSync(process.env.TXKEEP_BENCH_PEAK, String(process.resourceUsage().maxRSS)))
`

/** Runs `node args…` to its end. Never throws for a failed child: the caller looks at `exitCode`. */
export async function runMeasured(args: readonly string[]): Promise<MeasuredChild> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-bench-peak-'))
  const peakFile = join(folder, 'peak')
  const hook = `data:text/javascript,${encodeURIComponent(REPORT_PEAK)}`
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', hook, ...args], {
    env: { ...process.env, TXKEEP_BENCH_PEAK: peakFile, CI: '1' },
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
  const peakKilobytes = Number(await readFile(peakFile, 'utf8').catch(() => 'NaN'))
  await rm(folder, { recursive: true, force: true })
  return { exitCode, durationMs, peakRssBytes: peakKilobytes * 1024, stdout, stderr }
}
