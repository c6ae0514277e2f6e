import { spawn } from 'node:child_process'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { seedAction, seedUser } from '@txkeep/testkit'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createStore, openKnex, openStore } from '../src/index.js'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'txkeep-failures-'))
  path = join(folder, 'wallet.sqlite')
})

afterEach(() => rm(folder, { recursive: true }))

test('a full disk rolls the unit back, and the store works on when there is space', async () => {
  const database = await openKnex('sqlite::memory:')
  const store = await createStore(database, { create: true })
  const { userId } = await seedUser(store)
  const [size] = await database.raw<{ page_count: number }[]>('pragma page_count')
  await database.raw(`pragma max_page_count = ${(size?.page_count ?? 0) + 10}`)
  const beef = new Uint8Array(1_000_000)
  const unit = store.write(async (tx) => {
    await tx.actions.insert({ userId, reference: 'small' })
    await tx.actions.insert({ userId, reference: 'large', draftInputBeef: beef })
  })
  await expect(unit).rejects.toMatchObject({ code: 'DISK_FULL' })
  expect(await store.read((tx) => tx.actions.list({ userId, limit: 10 }))).toEqual({ rows: [], total: 0 })

  await database.raw('pragma max_page_count = 100000')
  await store.write((tx) => tx.actions.insert({ userId, reference: 'large', draftInputBeef: beef }))
  await store.close()
  await database.destroy()
})

test('a status nobody knows is named with its row, and its neighbours can be read', async () => {
  const store = await openStore(path, { create: true })
  const { userId } = await seedUser(store)
  const broken = await seedAction(store, { userId, processing: 'sent' })
  const sound = await seedAction(store, { userId, processing: 'sent' })
  const stranger = new Database(path)
  stranger.pragma('ignore_check_constraints = on')
  stranger.exec(`update transactions set processing = 'lost' where transactionId = ${broken.transaction.transactionId}`)
  stranger.close()

  const reading = store.read((tx) => tx.transactions.findById(broken.transaction.transactionId))
  await expect(reading).rejects.toMatchObject({
    code: 'CORRUPT_DATA',
    message: expect.stringContaining(
      `transactions.processing of transactionId ${broken.transaction.transactionId} holds "lost"`,
    ) as string,
  })
  expect(await store.read((tx) => tx.transactions.findById(sound.transaction.transactionId))).toBeDefined()
  await store.close()
})

test('a damaged file is CORRUPT_DATA, not an answer', async () => {
  const store = await openStore(path, { create: true })
  const { userId } = await seedUser(store)
  for (let count = 0; count < 50; count += 1) await seedAction(store, { userId })
  await store.close()
  const { size } = await stat(path)
  const file = await open(path, 'r+')
  const noise = Buffer.alloc(size - 8192, 0xa5)
  await file.write(noise, 0, noise.length, 8192)
  await file.close()

  const reading = openStore(path).then(async (damaged) => {
    try {
      await damaged.read((tx) => tx.actions.list({ userId, limit: 100 }))
    } finally {
      await damaged.close()
    }
  })
  await expect(reading).rejects.toMatchObject({ code: 'CORRUPT_DATA' })
})

test('a process killed at any moment leaves whole units, and all it had reported', async () => {
  await (await openStore(path, { create: true })).close()
  for (let kill = 0; kill < 4; kill += 1) {
    const reported = await killAfter(150 + kill * 37)
    const store = await openStore(path)
    const names = (await store.read((tx) => tx.baskets.find({}))).map(({ name }) => name)
    const halves = names.filter((name) => name !== 'default')
    const units = halves.filter((name) => name.endsWith('one')).map((name) => name.slice(0, -4))
    expect(halves.sort()).toEqual(units.flatMap((unit) => [`${unit} one`, `${unit} two`]).sort())
    expect(units).toEqual(expect.arrayContaining(reported))
    await store.close()
  }
})

/** Lets the writer run for so long once it has begun, kills it, and gives the units it had reported as committed. */
function killAfter(milliseconds: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const writer = join(import.meta.dirname, 'write-until-killed.ts')
    const child = spawn(process.execPath, ['--conditions=@txkeep/source', '--import', 'tsx', writer, path])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), milliseconds)
      output += chunk.toString()
    })
    child.on('error', reject)
    child.on('exit', () => {
      resolve(output.split('\n').slice(0, -1))
    })
  })
}
