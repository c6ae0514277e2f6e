import Database from 'better-sqlite3'
import { copyFileSync, rmSync } from 'node:fs'

/** What the disk and the engine alone need for the same data, in the same run: everything else is compared with these. */
export interface Floors {
  readonly copyMs: number
  readonly vacuumIntoMs: number
  /** Processor time of the faster VACUUM INTO. */
  readonly vacuumIntoCpuMs: number
}

/** The faster of two rounds each, so that a cold cache is not taken for the cost. */
export function measureFloors(database: string): Floors {
  const target = `${database}.floor`
  const { ms: copyMs } = bestOfTwo(target, () => copyFileSync(database, target))
  const vacuumInto = bestOfTwo(target, () => {
    const connection = new Database(database)
    connection.prepare('VACUUM INTO ?').run(target)
    connection.close()
  })
  return { copyMs, vacuumIntoMs: vacuumInto.ms, vacuumIntoCpuMs: vacuumInto.cpuMs }
}

function bestOfTwo(target: string, work: () => void): { readonly ms: number; readonly cpuMs: number } {
  const rounds = [1, 2].map(() => {
    rmSync(target, { force: true })
    const started = performance.now()
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return { ms: performance.now() - started, cpuMs: (user + system) / 1000 }
  })
  rmSync(target, { force: true })
  return rounds.reduce((best, round) => (round.ms < best.ms ? round : best))
}
