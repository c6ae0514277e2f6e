import { openStore } from '@txkeep/storage-knex'
import { describeOnEngines } from '@txkeep/test-engines'
import { it } from 'vitest'
import { drawSteps } from './support/session/session-step.js'
import { newSession } from './support/session/session.js'
import { openOurWorld } from './support/session/session-world.js'
import { runSession } from './support/session/run-session.js'

/** More of it: `TXKEEP_SESSION_STEPS` steps for each of `TXKEEP_SESSION_SEEDS` (a list with commas). */
const STEPS = Number(process.env['TXKEEP_SESSION_STEPS'] ?? 60)
const SEEDS = (process.env['TXKEEP_SESSION_SEEDS'] ?? '1').split(',').map(Number)

await describeOnEngines('a long session of two wallets', (engine) => {
  it.each(SEEDS)('agrees with the model after every step, and with the chain at the end (seed %i)', async (seed) => {
    const database = await engine.makeDatabase()
    const store = await openStore(database.url, { create: true, synchronous: 'normal' })
    const world = await openOurWorld(store, seed)
    try {
      await runSession(newSession(world), drawSteps(STEPS, seed, 2), store)
    } finally {
      await world.close()
      await database.drop()
    }
  })
})
