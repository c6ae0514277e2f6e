import BetterSqlite3 from 'better-sqlite3'
import { doLegacyWrite, legacyWrite, NUMBERS_PER_WRITE } from './random-legacy-rows.js'

/**
 * An application that writes anything the legacy schema allows, as fast as it can: `node random-writer.js <file> <seed>`. Says
 * `ready`, and at the end the error that ended it.
 */
const [file = '', seed = '1'] = process.argv.slice(2)
const database = new BetterSqlite3(file, { timeout: 10_000 })
database.pragma('foreign_keys = off')
process.stdout.write('ready\n')

let state = Number(seed)
function next(): number {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return (mixed ^ (mixed >>> 14)) >>> 0
}

let [writes, longestMs] = [0, 0]
try {
  for (;;) {
    const write = legacyWrite(Array.from({ length: NUMBERS_PER_WRITE }, () => next() % 10_000))
    const began = performance.now()
    doLegacyWrite(database, write)
    longestMs = Math.max(longestMs, performance.now() - began)
    writes += 1
    // Many applications write; none of them never waits.
    if (writes % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    if (process.ppid === 1) break
  }
} catch (error) {
  process.stdout.write(`${JSON.stringify({ writes, longestMs, error: String(error) })}\n`)
}
database.close()
