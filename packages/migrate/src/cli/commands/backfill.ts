import { runKnexBackfill } from '../../knex/index.js'
import type { MigrationStats } from '../../migration-stats.js'
import { grouped } from '../../report/number-text.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutNext } from '../phase-sentences.js'

interface BackfillOptions {
  readonly online?: boolean
}

/** Fills the new tables and catches up. */
export const backfillCommand: CommandDefinition = defineCommand<BackfillOptions>({
  name: 'backfill',
  description: 'fill the new tables, then catch up with what was written meanwhile',
  configure: (command) => {
    command.option(
      '--online',
      'an application keeps writing: work in short ranges and leave it as much time in between',
    )
  },
  run: async ({ knex, signal, on }, { online }) => {
    const stats = await runKnexBackfill(knex, { signal, on, online: online ?? false })
    return { ok: true, facts: { stats }, lines: [...statsLines(stats), sentenceAboutNext('backfilled')] }
  },
})

/** What a backfill made, in two lines. */
export function statsLines(stats: MigrationStats): string[] {
  const { requests, proofs, transactions, actions, drafts, outputs, labels, findings } = stats
  return [
    `From ${grouped(requests)} requests, ${grouped(proofs)} proofs and ${grouped(actions)} users' rows: ${grouped(transactions)} transactions, ` +
      `${grouped(actions)} actions (${grouped(drafts)} drafts), ${grouped(outputs)} outputs, ${grouped(labels)} labels.`,
    findings === 0 ? 'No findings.' : `${grouped(findings)} findings; txkeep-migrate report explains them.`,
  ]
}
