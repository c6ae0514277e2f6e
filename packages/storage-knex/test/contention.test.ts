import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import Database from 'better-sqlite3'
import { StoreBusyError } from '@txkeep/core'
import { seedAction, seedCoins, seedUser } from '@txkeep/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openStore } from '../src/index.js'

const run = promisify(execFile)

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'txkeep-contention-'))
  path = join(folder, 'wallet.sqlite')
})

afterEach(() => rm(folder, { recursive: true }))

describe('three processes that write one file', () => {
  test.each(['wal', 'delete'])('never take one coin twice and lose no count, in journal mode %s', async (mode) => {
    const store = await openStore(path, { create: true, synchronous: 'normal' })
    const user = await seedUser(store)
    const coins = await seedCoins(
      store,
      user,
      Array.from({ length: 300 }, (_, index) => index + 1),
    )
    const holder = await seedAction(store, { userId: user.userId, processing: 'queued', outputs: [] })
    await store.close()
    setJournalMode(mode)

    const { actionId, transactionId } = holder.action
    const rows = [user.userId, user.basketId, actionId, transactionId].map(String)
    const writer = join(import.meta.dirname, 'write-in-loop.ts')
    const nodeArguments = ['--conditions=@txkeep/source', '--import', 'tsx', writer, path, ...rows]
    const runs = await Promise.all([1, 2, 3].map(() => run(process.execPath, nodeArguments)))
    const taken = runs.flatMap(({ stdout }) => JSON.parse(stdout) as number[])

    expect(taken.sort((one, other) => one - other)).toEqual(coins.map((coin) => coin.outputId))
    const after = await openStore(path)
    const transaction = await after.read((tx) => tx.transactions.findById(transactionId ?? 0))
    expect(transaction?.attempts).toBe(coins.length)
    await after.close()
  })
})

describe('a unit of work that meets another connection’s lock', () => {
  test('waits without blocking this process, and goes on when the lock is gone', async () => {
    const store = await openStore(path, { create: true })
    const holder = new Database(path)
    holder.exec('begin immediate')
    let timersRun = 0
    const ticking = setInterval(() => (timersRun += 1), 10)
    setTimeout(() => holder.exec('commit'), 200)
    await seedUser(store)
    clearInterval(ticking)
    expect(timersRun).toBeGreaterThan(2)
    holder.close()
    await store.close()
  })

  test('is given up after the time it was given, as StoreBusyError', async () => {
    const store = await openStore(path, { create: true, busyRetryMs: 150 })
    const holder = new Database(path)
    holder.exec('begin immediate')
    await expect(seedUser(store)).rejects.toBeInstanceOf(StoreBusyError)
    holder.close()
    await seedUser(store)
    await store.close()
  })
})

function setJournalMode(mode: string): void {
  const database = new Database(path)
  database.pragma(`journal_mode = ${mode}`)
  database.close()
}
