import Database from 'better-sqlite3'
import { copyFileSync, rmSync } from 'node:fs'

/** What the disk and the engine alone need for the same data, in the same run: everything else is compared with these. */
export interface Floors {
  readonly copyMs: number
  readonly vacuumIntoMs: number
}

/** The faster of two rounds each, so that a cold cache is not taken for the cost. */
export function measureFloors(database: string): Floors {
  const target = `${database}.floor`
  const copyMs = bestOfTwo(target, () => copyFileSync(database, target))
  const vacuumIntoMs = bestOfTwo(target, () => {
    const connection = new Database(database)
    connection.prepare('VACUUM INTO ?').run(target)
    connection.close()
  })
  return { copyMs, vacuumIntoMs }
}

function bestOfTwo(target: string, work: () => void): number {
  const rounds = [1, 2].map(() => {
    rmSync(target, { force: true })
    const started = performance.now()
    work()
    return performance.now() - started
  })
  rmSync(target, { force: true })
  return Math.min(...rounds)
}
