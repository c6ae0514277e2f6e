import { preflight, type PreflightOptions } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { EXIT } from '../exit-code.js'
import { printable } from '../terminal.js'

type Options = Omit<PreflightOptions, 'clock' | 'signal'>

const MARKS = { pass: '✓', accepted: '✓', fail: '✗', 'needs-operator': '?' } as const

/** What must be so before writers are held. Exits 4 when only an operator's answers are missing. */
export const preflightCommand: CommandDefinition = defineCommand<Options>({
  name: 'preflight',
  description: 'before a cutover: backup, schema, capture, leases, space; figures to compare with afterwards',
  configure: (command) => {
    command
      .option('--backup <file>', 'a backup to open and compare with the database')
      .option('--make-backup <file>', 'make a backup here, while the database is in use, and restore it once')
      .option('--artefacts <folder>', 'where to keep the snapshot, the baseline and this answer as JSON')
      .option('--environment <name>', 'part of the names of artefacts', 'local')
      .option('--accept <id>', 'an operator says yes to this check; can be repeated', (id, ids: string[] = []) => [
        ...ids,
        id,
      ])
      .option('--accepted-by <name>', 'who says yes')
      .option('--decider <name>', 'who decides about going back')
      .option('--rehearsal <file>', 'the artefact of a rehearsal')
      .option('--code-audit <file>', 'the artefact of an audit of the code')
  },
  isReadonly: true,
  isUnbroken: true,
  run: async ({ knex, signal }, options) => {
    const report = await preflight(knex, { ...options, signal })
    const { checks, outcome, ok } = report
    const missing = checks.filter((check) => check.outcome === 'needs-operator')
    return {
      ok,
      exitCode: outcome === 'pass' ? EXIT.done : outcome === 'fail' ? EXIT.failed : EXIT.needsOperator,
      facts: { ...report },
      lines: checks.map((check) => `${MARKS[check.outcome]} ${check.id}: ${printable(check.detail ?? '')}`),
      after:
        missing.length === 0
          ? []
          : [`Answer with ${missing.map(({ id }) => `--accept ${id}`).join(' ')} once you have made sure.`],
    }
  },
})
