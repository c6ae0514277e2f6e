import { migrationStatus, type MigrationStatus } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutKind, sentenceAboutNext } from '../phase-sentences.js'
import { grouped } from '../../report/number-text.js'
import { printable } from '../terminal.js'

/** Where the database stands. */
export const statusCommand: CommandDefinition = defineCommand({
  name: 'status',
  description: 'say where the move stands and which command comes next (reads only)',
  isReadonly: true,
  isUnbroken: true,
  run: async ({ knex, database }) => {
    const { phase, findings, ...status } = await migrationStatus(knex)
    return {
      ok: true,
      facts: {
        ...status,
        nextCommand: status.nextCommand ?? null,
        capture: status.capture ?? null,
        findingCounts: findings,
      },
      lines: statusLines(database, { phase, findings, ...status }),
    }
  },
})

function statusLines(database: string, status: MigrationStatus): string[] {
  const { kind, phase, busy, capture, lastError } = status
  const findings = Object.entries(status.findings)
  return [
    `${printable(database)}: ${sentenceAboutKind(kind)}`,
    `Phase: ${phase}.`,
    ...(busy === null
      ? []
      : [`Another migrator is at work on it: ${printable(busy.owner)}, until ${busy.leaseUntil} at least.`]),
    ...(capture === undefined || capture.installed === 0
      ? []
      : [
          `Capture: ${capture.installed} of ${capture.expected} triggers, ${grouped(capture.pending)} changes waiting.`,
        ]),
    ...(findings.length === 0
      ? []
      : [`Findings: ${findings.map(([name, count]) => `${grouped(count)} × ${printable(name)}`).join(', ')}.`]),
    ...(lastError === null ? [] : [`The last command ended with: ${printable(lastError)}`]),
    sentenceAboutNext(phase),
  ]
}
