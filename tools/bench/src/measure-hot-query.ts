import Database from 'better-sqlite3'
import { openStore } from '@txkeep/storage-knex'

const ROUNDS = 300
const LIMIT = 50

/** Milliseconds of one `findSpendable` in the middle of many, for the user and basket that hold the most coins. */
export async function measureHotQuery(database: string): Promise<number> {
  const owner = biggestOwner(database)
  const store = await openStore(database)
  try {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now()
      await store.read((tx) => tx.outputs.findSpendable({ ...owner, limit: LIMIT }))
      times.push(performance.now() - started)
    }
    return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
  } finally {
    await store.close()
  }
}

function biggestOwner(database: string): { userId: number; basketId: number } {
  const connection = new Database(database, { readonly: true })
  const row = connection
    .prepare('SELECT userId, basketId FROM outputs WHERE spendable = 1 GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1')
    .get()
  connection.close()
  if (row === undefined) throw new Error(`${database} holds no spendable output to ask for.`)
  return row as { userId: number; basketId: number }
}
