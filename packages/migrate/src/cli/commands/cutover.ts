import { cutover } from '../../knex/index.js'
import { duration, grouped } from '../../report/number-text.js'
import { agreed, DECLINED } from '../confirm.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutNext } from '../phase-sentences.js'

/** Swaps the names. */
export const cutoverCommand: CommandDefinition = defineCommand({
  name: 'cutover',
  description: 'swap the names: the new tables take over, the legacy ones stay beside them, untouched',
  run: async (context) => {
    const { knex, signal, on, phase } = context
    const isAhead = phase === 'verified' || phase === 'rolled-back'
    const question = 'Swap the names now? The legacy application must be stopped, or will be stopped by an error.'
    if (isAhead && !(await agreed(question, context))) return DECLINED
    const result = await cutover(knex, { signal, on })
    return {
      ok: true,
      facts: { ...result },
      lines: [
        result.swapped
          ? `The new tables are in use. Writers were held for ${duration(result.writersHeldMs)}; ${grouped(result.drained)} late writes were carried over.`
          : 'The new tables are in use already.',
        sentenceAboutNext('cut-over'),
      ],
    }
  },
})
