import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cutover, expand, markVerified, runKnexBackfill, startCapture, verifyMigration } from '../src/knex/index.js'
import { differencesOf, dumpTables, type TableDump } from './support/dump-tables.js'
import { makeEmptyWallet } from './support/make-empty-wallet.js'
import { bundleScript } from './support/run-killed.js'
import { temporaryFolder, withKnex, withLegacyConnection } from './support/wallet-file.js'

const folder = temporaryFolder('concurrent-writers')
const running = new Set<() => void>()

afterEach(() => {
  for (const kill of running) kill()
})

test.each([
  { online: true, seeds: [3, 4] },
  { online: false, seeds: [5, 6] },
])(
  'two processes write, replace, renumber and delete on every legacy table through the whole move (online: $online), and the result is that of a move of what they left',
  async ({ online, seeds }) => {
    const file = makeEmptyWallet(join(folder, `wallet-${String(online)}.sqlite`))
    withLegacyConnection(file, (database) => database.pragma('journal_mode = wal'))
    const script = await bundleScript('random-writer')
    const writers = seeds.map((seed) => startWriter(script, file, seed))
    await Promise.all(writers.map(({ ready }) => ready))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await withKnex(file, async (knex) => {
      await expand(knex, { online })
      await startCapture(knex, { online })
      await runKnexBackfill(knex, { online, rangeHoldMs: 1 })
      for (let round = 0; round < 3; round += 1) {
        // Whatever differs now waits in the outbox.
        expect(failures(await verifyMigration(knex))).toEqual([])
        await runKnexBackfill(knex, { online, rangeHoldMs: 1 })
      }
      await markVerified(knex)
      await cutover(knex, { online })
    })
    for (const { ended } of writers) {
      const { writes, longestMs, error } = await ended
      // Columns that are gone are refused before the fence is asked.
      expect(error).toMatch(/moved to the txkeep schema|no column named|no such (table|column)/)
      expect(writes).toBeGreaterThan(20)
      console.log(`longest gap of a writer, online ${String(online)}: ${Math.round(longestMs)} ms of ${writes} writes`)
    }
    await withKnex(file, async (knex) => expect(failures(await verifyMigration(knex))).toEqual([]))
    const moved = withLegacyConnection(file, dumpTables)
    expect(differencesOf(moved, await moveWhatIsLeft(file))).toEqual({})
  },
  120_000,
)

interface WriterEnd {
  readonly writes: number
  readonly longestMs: number
  readonly error: string
}

function startWriter(
  script: string,
  file: string,
  seed: number,
): { ready: Promise<unknown>; ended: Promise<WriterEnd> } {
  const child = spawn(process.execPath, [script, file, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = (): void => void child.kill('SIGKILL')
  running.add(kill)
  let said = ''
  child.stdout.on('data', (data) => (said += String(data)))
  const ended = new Promise<WriterEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      running.delete(kill)
      try {
        resolve(JSON.parse(said.split('\n')[1] ?? '') as WriterEnd)
      } catch (error) {
        reject(new Error(`The writer said ${said}`, { cause: error }))
      }
    })
  })
  return { ready: new Promise((resolve) => child.stdout.once('data', resolve)), ended }
}

/** The kept legacy rows in a wallet of their own, moved with nobody writing. */
async function moveWhatIsLeft(file: string): Promise<TableDump> {
  const fresh = makeEmptyWallet(join(folder, 'fresh.sqlite'))
  withLegacyConnection(fresh, (database) => {
    database.pragma('foreign_keys = off')
    database.prepare('attach ? as moved').run(file)
    for (const table of [
      'proven_txs',
      'proven_tx_reqs',
      'transactions',
      'outputs',
      'commissions',
      'tx_labels_map',
      'output_tags_map',
    ])
      database.exec(`insert into main.${table} select * from moved.${table}_legacy`)
  })
  await withKnex(fresh, async (knex) => {
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    await markVerified(knex)
    await cutover(knex)
  })
  return withLegacyConnection(fresh, dumpTables)
}

function failures({ checks }: Awaited<ReturnType<typeof verifyMigration>>): unknown[] {
  return checks.filter(({ ok }) => !ok).map(({ id, differences, detail }) => ({ id, differences, detail }))
}
