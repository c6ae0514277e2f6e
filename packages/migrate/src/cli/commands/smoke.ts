import { smokeTest } from '../../knex/index.js'
import { readBaselineP95Ms } from '../baseline-file.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { wholeNumber } from '../whole-number.js'

interface SmokeOptions {
  readonly sample?: number
  readonly seed?: number
  readonly baseline?: string
}

/** The checks right after the swap. */
export const smokeCommand: CommandDefinition = defineCommand<SmokeOptions>({
  name: 'smoke',
  description: 'after the cutover: try the new tables out, coin by coin and with a throwaway transaction',
  configure: (command) => {
    command
      .option('--sample <number>', 'how many transactions to look at one by one (default: 200)', wholeNumber)
      .option('--seed <number>', 'which ones: the same number picks the same', wholeNumber)
      .option('--baseline <file>', 'the baseline preflight wrote: the hot query may not be slower than it allows')
  },
  isUnbroken: true,
  run: async ({ knex, signal, on }, { sample, seed, baseline }) => {
    const baselineP95Ms = baseline === undefined ? undefined : await readBaselineP95Ms(baseline)
    const { ok, checks, findings, hotQuery } = await smokeTest(knex, {
      signal,
      on,
      ...(sample === undefined ? {} : { sample }),
      ...(seed === undefined ? {} : { seed }),
      ...(baselineP95Ms === undefined ? {} : { baselineP95Ms }),
    })
    const after = ok
      ? ['The new application may start. txkeep-migrate rollback goes back, with everything it writes.']
      : ['Do not start the new application: run txkeep-migrate rollback.']
    return { ok, checks, findings, facts: hotQuery === undefined ? {} : { hotQuery }, after }
  },
})
