import Database from 'better-sqlite3'
import { legacyWrites } from './legacy-writes.js'

const WRITES = 1_000
const ROUNDS = 3

/** Milliseconds for a fixed number of legacy writes at full speed: the best of a few rounds, for the noise of the machine. */
export function timeLegacyWrites(database: string): number {
  const connection = new Database(database, { timeout: 30_000 })
  connection.pragma('synchronous = OFF') // the triggers' own cost, not the disk's
  const write = legacyWrites(connection)
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    for (let done = 0; done < WRITES; done++) write()
    return performance.now() - started
  })
  connection.close()
  return Math.min(...rounds)
}
