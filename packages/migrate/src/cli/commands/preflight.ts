import { existsSync } from 'node:fs'
import { InvalidParameterError } from '@txkeep/core'
import { preflight, type PreflightCheck, type PreflightOptions, type PreflightReport } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { EXIT } from '../exit-code.js'
import { printable } from '../terminal.js'

type FileOption = 'backup' | 'rehearsal' | 'codeAudit'
type Options = Pick<
  PreflightOptions,
  FileOption | 'makeBackup' | 'artefacts' | 'environment' | 'accept' | 'acceptedBy' | 'decider'
>

/** What must be so before writers are held. */
export const preflightCommand: CommandDefinition = defineCommand<Options>({
  name: 'preflight',
  description: 'check what must be so before the cutover: backup, schema, leases, space, baseline (reads only)',
  configure: (command) => {
    command
      .option('--backup <file>', 'a backup that exists: it is opened and compared')
      .option('--make-backup <file>', 'make one now, while the database is in use, and test it')
      .option('--artefacts <folder>', 'keep snapshot, baseline and answers as files there')
      .option('--environment <name>', "part of the artefacts' names", 'local')
      .option(
        '--accept <id>',
        'your yes to what the tool cannot know; may be given more than once',
        (id: string, ids: string[] = []) => [...ids, id],
      )
      .option('--accepted-by <name>', 'who says so (default: the user of the system)')
      .option('--decider <name>', 'who decides about going back')
      .option('--rehearsal <file>', 'the artefact of a rehearsal')
      .option('--code-audit <file>', 'the artefact of an audit of the code')
  },
  isReadonly: true,
  isUnbroken: true,
  run: async ({ knex, signal }, given) => {
    assertFilesExist(given)
    const { db: _db, json: _json, yes: _yes, ...options } = { db: '', json: false, yes: false, ...given }
    const report = await preflight(knex, { ...options, signal })
    const { ok, outcome, checks, snapshot, baseline, artefacts } = report
    return {
      ok,
      exitCode: EXIT_CODES[outcome],
      facts: { outcome, checks, snapshot, baseline, artefacts },
      lines: preflightLines(report),
    }
  },
})

const EXIT_CODES: Readonly<Record<PreflightReport['outcome'], number>> = {
  pass: EXIT.done,
  fail: EXIT.failed,
  'needs-operator': EXIT.needsOperator,
}

function assertFilesExist(options: Options): void {
  const files: readonly (readonly [string, string | undefined])[] = [
    ['--backup', options.backup],
    ['--rehearsal', options.rehearsal],
    ['--code-audit', options.codeAudit],
  ]
  for (const [option, file] of files) {
    if (file !== undefined && !existsSync(file)) throw new InvalidParameterError(option, file, 'a file that is there')
  }
}

const SIGNS: Readonly<Record<PreflightCheck['outcome'], string>> = {
  pass: '✓',
  accepted: '✓',
  fail: '✗',
  'needs-operator': '?',
}

function preflightLines({ outcome, checks, artefacts }: PreflightReport): string[] {
  const missing = checks.filter((check) => check.outcome === 'needs-operator')
  const last = {
    pass: 'Ready for the cutover.',
    fail: 'Not ready: a check failed. Put right what stands beside ✗ first.',
    'needs-operator': `Only your answers are missing: once you have made sure, add ${missing.map(({ id }) => `--accept ${id}`).join(' ')}.`,
  }
  return [
    ...checks.map(({ id, detail, outcome: answer, acceptedBy }) => {
      const by = acceptedBy === undefined ? '' : ` (accepted by ${printable(acceptedBy)})`
      return `  ${SIGNS[answer]} ${id}: ${printable(detail ?? '')}${by}`
    }),
    ...artefacts.map((file) => `Wrote ${printable(file)}.`),
    last[outcome],
  ]
}
