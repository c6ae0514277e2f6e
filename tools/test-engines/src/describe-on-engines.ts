import { describe, test } from 'vitest'

import type { EngineName, TestEngine } from './test-engine.js'
import { testEngines } from './test-engines.js'

/**
 * One suite per engine, titled "… on SQLite" and so on. Where an engine is missing its suite is skipped, and says why in its
 * title and on stderr; with `TXKEEP_REQUIRE_ENGINES=1` it fails instead. `names` leaves engines out that the suite is not about.
 *
 * @example await describeOnEngines('a store', (engine) => test('…', async () => { const database = await engine.makeDatabase() }))
 */
export async function describeOnEngines(
  title: string,
  suite: (engine: TestEngine) => void,
  names: readonly EngineName[] = ['SQLite', 'Postgres', 'MySQL'],
): Promise<void> {
  const engines = await testEngines()
  for (const name of names) describeOn(engines[name], title, suite)
}

function describeOn(engine: TestEngine, title: string, suite: (engine: TestEngine) => void): void {
  const name = `${title} on ${engine.name}`
  if (engine.missing === undefined) {
    describe(name, () => suite(engine))
  } else if (process.env['TXKEEP_REQUIRE_ENGINES'] === '1') {
    test(name, () => {
      throw new Error(`${engine.missing}. TXKEEP_REQUIRE_ENGINES=1 lets no engine be missing.`)
    })
  } else {
    console.warn(`Skipped: ${name}: ${engine.missing}.`)
    describe.skip(`${name} (skipped: ${engine.missing})`, () => suite(engine))
  }
}
