import { dropLegacy } from '../../knex/index.js'
import { confirmed, DECLINED } from '../confirm.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { wholeNumber } from '../whole-number.js'

interface DropLegacyOptions {
  readonly after: number
  readonly vacuum?: boolean
}

/** Ends the way back. */
export const dropLegacyCommand: CommandDefinition = defineCommand<DropLegacyOptions>({
  name: 'drop-legacy',
  description: 'drop the legacy tables for good, 30 days after the cutover; there is no way back afterwards',
  configure: (command) => {
    command
      .option('--after <days>', 'how many days the new schema must have been in use', wholeNumber, 30)
      .option('--vacuum', 'give the freed space back to the disk')
  },
  run: async (context, { after, vacuum }) => {
    const { knex, signal, on, phase } = context
    const question = 'Drop the legacy tables for good? There is no way back afterwards.'
    if (phase === 'cut-over' && !(await confirmed(question, context))) return DECLINED
    await dropLegacy(knex, { signal, on, afterDays: after, vacuum: vacuum ?? false })
    const done =
      phase === 'finalized'
        ? 'The legacy tables were gone already.'
        : 'The legacy tables are gone. The move is finished.'
    return { ok: true, lines: [done] }
  },
})
