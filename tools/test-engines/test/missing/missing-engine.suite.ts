import { expect, test } from 'vitest'

import { describeOnEngines } from '../../src/index.js'

await describeOnEngines(
  'a suite',
  (engine) => {
    test('runs', async () => {
      expect(await (await engine.makeDatabase()).query('select 1')).toHaveLength(1)
    })
  },
  ['Postgres'],
)
