import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { expect, it } from 'vitest'
import {
  cutover,
  expand,
  markVerified,
  runKnexBackfill,
  smokeTest,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { openFile, openPlain, temporaryFolder } from './support/legacy-copy.js'

const WRITER: string = fileURLToPath(
  new URL('../../../tools/legacy-wallet-maker/src/legacy-writer.ts', import.meta.url),
)

interface Written {
  readonly event: string
  readonly error?: string
  readonly actions?: readonly {
    readonly transactionId: number
    readonly reference: string
    readonly outputIds: readonly number[]
  }[]
}

it('an application that keeps writing through the whole move loses nothing, and is stopped by the swap', async () => {
  const file = join(temporaryFolder(), 'wallet.sqlite')
  const made = await makeLegacyWallet({ file, users: 2, actions: 8, seed: 3, forcedPairs: 'none', sync: false })
  const writer = spawn(
    process.execPath,
    [
      ...['--conditions=@txkeep/source', '--import', import.meta.resolve('tsx'), WRITER],
      ...[
        '--file',
        file,
        '--chain-file',
        made.chainFile,
        '--root-key',
        made.users[0]?.rootKeyHex ?? '',
        '--pause-ms',
        '5',
      ],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines: Written[] = []
  let rest = ''
  writer.stdout.on('data', (data) => {
    const parts = (rest + String(data)).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(JSON.parse(part) as Written)
  })
  const ended = new Promise((resolve) => writer.on('close', resolve))
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const good = (): Written[] => lines.filter(({ event, error }) => event === 'write' && error === undefined)
  const more = async (count: number): Promise<void> => {
    const target = good().length + count
    await until(() => good().length >= target)
  }

  const knex = await openFile(file)
  const options = { online: true }
  await until(() => lines.some(({ event }) => event === 'ready'))
  await more(2)
  await expand(knex, options)
  await startCapture(knex, options)
  await more(2)
  await runKnexBackfill(knex, options)
  await more(3)
  const online = await verifyMigration(knex)
  expect(online.checks.filter((check) => !check.ok)).toEqual([])
  await markVerified(knex)
  await more(1)
  await cutover(knex, options)
  const committedAtSwap = good().length
  await until(() => lines.slice(-3).every(({ event, error }) => event === 'write' && error !== undefined))
  writer.kill('SIGTERM')
  await ended

  const database = openPlain(file)
  const after = await verifyMigration(knex)
  expect(after.checks.filter((check) => !check.ok)).toEqual([])
  const smoke = await smokeTest(knex)
  expect(smoke.checks.filter((check) => !check.ok && !check.id.includes('latency'))).toEqual([])
  // Everything the writer says it committed is there.
  const written = lines.filter(({ event }) => event === 'write').flatMap(({ actions }) => actions ?? [])
  expect(committedAtSwap).toBeGreaterThan(6)
  expect(written.length).toBeGreaterThan(3)
  const has = (sql: string, id: number): boolean => database.prepare(sql).get(id) !== undefined
  for (const { transactionId, outputIds } of written) {
    expect(has('select 1 from actions where actionId = ?', transactionId)).toBe(true)
    expect(outputIds.filter((id) => !has('select 1 from outputs where outputId = ?', id))).toEqual([])
  }
}, 170_000)
