import { rehearseRollback, rollback, type RollbackRehearsal } from '../../knex/index.js'
import { grouped } from '../../report/number-text.js'
import { agreed, DECLINED } from '../confirm.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutNext } from '../phase-sentences.js'

interface RollbackOptions {
  readonly dryRun?: boolean
}

/** The way back. */
export const rollbackCommand: CommandDefinition = defineCommand<RollbackOptions>({
  name: 'rollback',
  description: 'go back to the legacy tables, with everything that was written under the new schema',
  configure: (command) => {
    command.option('--dry-run', 'only say whether it would work, and what it would take along')
  },
  isReadonly: ({ dryRun }) => dryRun ?? false,
  run: async (context, { dryRun }) => {
    const { knex, signal, on, phase } = context
    if (dryRun === true) {
      const rehearsal = await rehearseRollback(knex)
      return { ok: rehearsal.isPossible, facts: { dryRun: true, ...rehearsal }, lines: rehearsalLines(rehearsal) }
    }
    const question = 'Give the legacy tables their names back? The new application must be stopped.'
    if (phase === 'cut-over' && !(await agreed(question, context))) return DECLINED
    const result = await rollback(knex, { signal, on })
    const done = result.swapped
      ? `${stateOfTables(result.drained)} What is written to them is followed from now on.`
      : 'The legacy tables are in use already.'
    return { ok: true, facts: { ...result }, lines: [done, sentenceAboutNext('rolled-back')] }
  },
})

/** Writes that `soak` took before are in them too, so that only a rollback without any says "exactly". */
function stateOfTables(drained: number): string {
  return drained === 0
    ? 'The legacy tables are in use again, as they were left.'
    : `The legacy tables are in use again, with ${grouped(drained)} writes of the new application taken to them just now.`
}

function rehearsalLines({ isPossible, isDone, written, changed, differences }: RollbackRehearsal): string[] {
  if (isDone) return ['The legacy tables are in use already: rollback would do nothing.']
  const along = written.map(
    ({ table, rows }) => `  the new application has written ${grouped(rows)} times to ${table}, which goes along`,
  )
  if (isPossible) {
    return ['rollback would give the legacy tables their names back. Nothing was changed.', ...along]
  }
  return [
    'rollback would refuse:',
    ...changed.map((table) => `  the kept table ${table} is not as it was at the cutover`),
    ...differences.map(
      ({ table, key, column }) => `  ${table} ${key} ${column ?? ''} does not say what the new row does`,
    ),
  ]
}
