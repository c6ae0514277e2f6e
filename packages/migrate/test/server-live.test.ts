import { fileURLToPath } from 'node:url'
import { describeOnEngines } from '@txkeep/test-engines'
import type { Knex } from 'knex'
import { expect, test } from 'vitest'
import type { MigrationEvent } from '../src/index.js'
import {
  cutover,
  expand,
  markVerified,
  readMigrationPhase,
  rollback,
  runKnexBackfill,
  runSchemaCutover,
  smokeTest,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { differencesOf } from './support/dump-tables.js'
import { failuresOf } from './support/follow.js'
import { FIXTURE } from './support/legacy-copy.js'
import { runProcess } from './support/run-cli.js'
import type { ServerWallet } from './support/server-wallet.js'
import { onSqlite, SERVERS } from './support/server-wallet.js'
import { serverWallets } from './support/server-wallets.js'
import { ServerWriter } from './support/server-writer.js'

const KILLED = fileURLToPath(new URL('support/server-killed-command.ts', import.meta.url))

/** Where a process is killed: one of every kind of step. */
const KILL_POINTS: readonly string[] = [
  'capture:installed',
  'backfill:outputs:written',
  'cutover:drained',
  'cutover:rename-outputs',
  'cutover:before-commit',
  'cutover:committed',
]

await describeOnEngines(
  'a move with others at work',
  (engine) => {
    const legacyWallet = serverWallets(engine)

    test(
      'loses nothing an application writes all the way through, which the swap stops, nor what it writes after a rollback',
      { timeout: 120_000 },
      async () => {
        const wallet = await legacyWallet()
        const writers = [1, 2].map((seed) => new ServerWriter(wallet.database.url, seed))
        const more = async (count: number): Promise<void> =>
          void (await Promise.all(writers.map((writer) => writer.more(count))))
        await wallet.withKnex(async (knex) => {
          const options = { online: true }
          await more(3)
          await expand(knex, options)
          await startCapture(knex, options)
          await more(5)
          await runKnexBackfill(knex, options)
          await more(5)
          expect(failuresOf(await verifyMigration(knex))).toEqual([])
          await markVerified(knex)
          await more(3)
          await cutover(knex, options)
          await Promise.all(writers.map((writer) => writer.refused()))
          expect(failuresOf(await verifyMigration(knex))).toEqual([])
          const smoke = await smokeTest(knex)
          expect(failuresOf(smoke).filter((check) => !JSON.stringify(check).includes('latency'))).toEqual([])
          await expectWritten(wallet, writers)

          await rollback(knex)
          const late = new ServerWriter(wallet.database.url, 3)
          await late.more(15)
          await cutover(knex, options)
          await late.refused()
          expect(failuresOf(await verifyMigration(knex))).toEqual([])
          await expectWritten(wallet, [...writers, late])
          await Promise.all([...writers, late].map((writer) => writer.stop()))
        })
      },
    )

    test(
      'steps back from a reader that holds a table, lets writers go on meanwhile, and goes over when it ends',
      { timeout: 60_000 },
      async () => {
        const wallet = await legacyWallet()
        await wallet.withKnex(async (knex) => {
          await expand(knex)
          await startCapture(knex)
          await runKnexBackfill(knex)
          await markVerified(knex)
          const reader = await wallet.holdReader()
          const writer = new ServerWriter(wallet.database.url, 5)
          const swapping = cutover(knex)
          await writer.more(12)
          expect(writer.written.refusal).toBeUndefined()
          expect(await wallet.isSwapped()).toBe(false)
          await reader.end()
          expect(await swapping).toMatchObject({ phase: 'cut-over', swapped: true })
          await writer.refused()
          expect(failuresOf(await verifyMigration(knex))).toEqual([])
          await expectWritten(wallet, [writer])
          await writer.stop()
        })
      },
    )

    test(
      'whose connection the server ends at any step is finished by the same command, with the same rows',
      { timeout: 120_000 },
      async () => {
        const wallet = await legacyWallet()
        const left = new Set(await checkpointsOf())
        let [cuts, rounds] = [0, 0]
        const on = async (event: MigrationEvent): Promise<void> => {
          if (event.type !== 'checkpoint' || !left.delete(event.name)) return
          cuts += 1
          await wallet.cutConnections()
        }
        for (; rounds < 200; rounds += 1) {
          const before = cuts
          const result = await wallet.withKnex((knex) => moveOn(knex, on)).catch((error: unknown) => error)
          if (!(result instanceof Error)) break
          expect([before < cuts, result]).toEqual([true, expect.objectContaining({ code: expect.any(String) })])
        }
        expect(cuts).toBeGreaterThan(30)
        const expected = await onSqlite(FIXTURE, (knex) => moveOn(knex))
        expect(differencesOf(expected, await wallet.dump())).toEqual({})
        await wallet.withKnex(async (knex) => expect(failuresOf(await verifyMigration(knex))).toEqual([]))
      },
    )

    test(
      'whose process is killed is finished by the same command, with the same rows',
      { timeout: 120_000 },
      async () => {
        const wallet = await legacyWallet()
        for (const checkpoint of KILL_POINTS) {
          const end = await runProcess(process.execPath, [
            ...['--conditions=@txkeep/source', '--import', import.meta.resolve('tsx'), KILLED],
            ...[wallet.database.url, checkpoint],
          ])
          expect([checkpoint, end]).toEqual([checkpoint, { exitCode: null, stdout: '', stderr: '' }])
        }
        await wallet.withKnex(async (knex) => {
          expect(await runSchemaCutover(knex)).toMatchObject({ ok: true, phase: 'cut-over' })
          expect(failuresOf(await verifyMigration(knex))).toEqual([])
        })
        const expected = await onSqlite(FIXTURE, (knex) => runSchemaCutover(knex))
        expect(differencesOf(expected, await wallet.dump())).toEqual({})
      },
    )
  },
  SERVERS,
)

/** From wherever the wallet is to the cutover. */
async function moveOn(knex: Knex, on?: (event: MigrationEvent) => Promise<void>): Promise<void> {
  const options = on === undefined ? {} : { on }
  const phase = await readMigrationPhase(knex)
  if (phase === 'none') await expand(knex, options)
  if (phase === 'none' || phase === 'expanded') await startCapture(knex, options)
  if (phase !== 'cut-over') {
    await runKnexBackfill(knex, options)
    await markVerified(knex, options)
  }
  await cutover(knex, options)
}

/** Every checkpoint a move passes. They are the same on every engine. */
async function checkpointsOf(): Promise<string[]> {
  const passed: string[] = []
  await onSqlite(FIXTURE, (knex) =>
    moveOn(knex, async (event) => void (event.type === 'checkpoint' && passed.push(event.name))),
  )
  return passed
}

/** Everything the writers say they committed is there. */
async function expectWritten(wallet: ServerWallet, writers: readonly ServerWriter[]): Promise<void> {
  const mirror = await wallet.mirror()
  const there = new Set(mirror.prepare('select actionId from actions').pluck().all())
  mirror.close()
  const committed = writers.flatMap(({ written }) => written.transactionIds)
  expect(committed.length).toBeGreaterThan(2)
  expect(committed.filter((id) => !there.has(id))).toEqual([])
}
