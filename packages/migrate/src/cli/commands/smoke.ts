import { smokeTest } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { wholeNumber } from '../whole-number.js'

interface SmokeOptions {
  readonly sample?: number
  readonly seed?: number
}

/** The checks right after the swap. */
export const smokeCommand: CommandDefinition = defineCommand<SmokeOptions>({
  name: 'smoke',
  description: 'after the cutover: try the new tables out, coin by coin and with a throwaway transaction',
  configure: (command) => {
    command
      .option('--sample <number>', 'how many transactions to look at one by one (default: 200)', wholeNumber)
      .option('--seed <number>', 'which ones: the same number picks the same', wholeNumber)
  },
  isUnbroken: true,
  run: async ({ knex, signal, on }, { sample, seed }) => {
    const { ok, checks, findings } = await smokeTest(knex, {
      signal,
      on,
      ...(sample === undefined ? {} : { sample }),
      ...(seed === undefined ? {} : { seed }),
    })
    const after = ok
      ? ['The new application may start. Until it has written, txkeep-migrate rollback goes back.']
      : ['Do not start the new application: run txkeep-migrate rollback.']
    return { ok, checks, findings, after }
  },
})
