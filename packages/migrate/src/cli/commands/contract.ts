import { contract } from '../../knex/index.js'
import { agreed, DECLINED } from '../confirm.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'

/** Takes `expand` back. */
export const contractCommand: CommandDefinition = defineCommand({
  name: 'contract',
  description: 'give the move up before the cutover: drop the new tables again',
  run: async (context) => {
    const { knex, signal, on, phase } = context
    if (phase !== 'none' && !(await agreed('Drop the new tables? The legacy tables stay as they are.', context))) {
      return DECLINED
    }
    await contract(knex, { signal, on })
    return { ok: true, lines: ['The new tables are gone; the legacy wallet is as it was.'] }
  },
})
