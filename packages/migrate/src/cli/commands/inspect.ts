import { inspectLegacy, type LegacyInspection } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutKind, sentenceAboutNext } from '../phase-sentences.js'
import { duration, fileSize, grouped } from '../../report/number-text.js'
import { printable, shortKey, table } from '../terminal.js'

/** Reads only: what the database is, what it holds, what is odd about it, how long a move would take. */
export const inspectCommand: CommandDefinition = defineCommand({
  name: 'inspect',
  description: 'look at a wallet: version, balances, anomalies, time a move would take (reads only)',
  isReadonly: true,
  isUnbroken: true,
  run: async ({ knex, signal, database }) => {
    const inspection = await inspectLegacy(knex, { signal })
    const isWallet = inspection.kind !== 'not-a-wallet' && inspection.kind !== 'empty'
    return {
      ok: isWallet,
      ...(isWallet ? {} : { exitCode: 2 }),
      facts: { ...inspection },
      lines: inspectionLines(database, inspection),
    }
  },
})

function inspectionLines(database: string, inspection: LegacyInspection): string[] {
  const { kind, phase, version, sizeBytes, estimate } = inspection
  return [
    `${printable(database)}: ${sentenceAboutKind(kind)} ${fileSize(sizeBytes)}.`,
    ...versionLines(version),
    '',
    ...rowLines(inspection),
    ...balanceLines(inspection),
    ...statusLines(inspection),
    ...anomalyLines(inspection),
    ...(estimate === undefined
      ? []
      : [
          `A move makes ${grouped(estimate.rows)} rows, takes about ${duration(estimate.durationMs)} and needs ${fileSize(estimate.extraBytes)} more disk space.`,
        ]),
    sentenceAboutNext(phase),
  ]
}

function versionLines({ newest, missing, unknown }: LegacyInspection['version']): string[] {
  return [
    ...(newest === undefined ? [] : [`Legacy schema: ${printable(newest)}.`]),
    ...(missing.length === 0
      ? []
      : [`Older than the newest legacy schema by ${missing.length} steps; what they add takes its default.`]),
    ...(unknown.length === 0 ? [] : [`Holds steps this build does not know: ${unknown.map(printable).join(', ')}.`]),
  ]
}

function rowLines({ tables }: LegacyInspection): string[] {
  return [...table([['table', 'rows'], ...tables.map((each) => [each.table, each.rows] as const)]), '']
}

function balanceLines({ balances }: LegacyInspection): string[] {
  if (balances.length === 0) return []
  const header = [
    'user',
    'identity key',
    'basket',
    'coins listed',
    'satoshis listed',
    'coins spendable',
    'satoshis spendable',
  ]
  const rows = balances
    .slice(0, MOST_BALANCES)
    .map((balance) => [
      balance.userId,
      shortKey(balance.identityKey),
      balance.basket ?? '(none)',
      balance.listedCoins,
      balance.listedSatoshis,
      balance.effectiveCoins,
      balance.effectiveSatoshis,
    ])
  const hidden = balances.length - rows.length
  return [
    ...table([header, ...rows]),
    ...(hidden === 0 ? [] : [`… and ${grouped(hidden)} more; --json has them all.`]),
    '',
  ]
}

/** More than a person reads on a terminal. */
const MOST_BALANCES = 200

function statusLines({ statuses }: LegacyInspection): string[] {
  if (statuses.length === 0) return []
  const rows = statuses.map((cell) => [
    cell.transaction.join(' + ') || '(no user)',
    cell.request ?? '(none)',
    cell.hasProof ? 'yes' : 'no',
    cell.processing,
    cell.count,
  ])
  return [...table([['transaction', 'request', 'proof', 'becomes', 'txids'], ...rows]), '']
}

function anomalyLines({ anomalies }: LegacyInspection): string[] {
  if (anomalies.length === 0) return ['No anomalies: every row can move as it is.']
  return [
    'Anomalies, and what a move does about them (docs/findings.md):',
    ...anomalies.map((each) => `  ${grouped(each.count)} × ${each.class}: ${each.title}; ${each.repair}`),
    '',
  ]
}
