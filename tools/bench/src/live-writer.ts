// node live-writer.ts DATABASE RESULT PAUSE_MS
// A legacy application that writes until it is refused (the fence after a cutover) or told to stop (SIGTERM), then
// leaves what it lived through in RESULT as JSON: a LiveWriterResult.
import Database from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { legacyWrites } from './legacy-writes.js'

/** What the writer saw, all in milliseconds. */
export interface LiveWriterResult {
  readonly latenciesMs: readonly number[]
  /** How long the write that was refused had to wait for its answer: it stood in line while the names were swapped. */
  readonly refusedAfterMs: number | undefined
  readonly refusal: string | undefined
}

const [database = '', result = '', pauseMs = '10'] = process.argv.slice(2)
const connection = new Database(database, { timeout: 30_000 })
const write = legacyWrites(connection)
const latenciesMs: number[] = []
let stopped = false
process.on('SIGTERM', () => (stopped = true))

let refusal: string | undefined
let refusedAfterMs: number | undefined
while (!stopped && refusal === undefined) {
  const started = performance.now()
  try {
    write()
    latenciesMs.push(performance.now() - started)
  } catch (error) {
    refusedAfterMs = performance.now() - started
    refusal = error instanceof Error ? error.message : String(error)
  }
  await pause(Number(pauseMs))
}
connection.close()
const lived: LiveWriterResult = { latenciesMs, refusedAfterMs, refusal }
writeFileSync(result, JSON.stringify(lived))
