import type { MigrationPhase } from '../migration-phase.js'
import { counted, grouped } from './number-text.js'
import type { Amount, BeforeAndAfter, ReportData } from './report-data.js'

/** The answer to the one question a reader has, and how sure it is. */
export interface Headline {
  /** `good`: proven right. `bad`: a check failed. `open`: not moved yet, or not proven. */
  readonly tone: 'good' | 'bad' | 'open'
  readonly title: string
  readonly sentence: string
}

/** Was anything lost? */
export function headlineOf(data: ReportData): Headline {
  const all = totalOf(data, 'all')
  const failed = data.verification?.checks.filter((check) => !check.ok).length ?? 0
  if (data.verification !== undefined && !data.verification.ok) {
    return {
      tone: 'bad',
      title: 'Something does not match.',
      sentence:
        `${failed} of ${counted(data.verification.checks.length, 'check')} failed; they stand first in the list below. ` +
        'The legacy tables hold everything they held. Do not go on before each difference is explained.',
    }
  }
  const kept = `${counted(all.after.coins, 'output')} worth ${grouped(all.after.satoshis)} satoshis`
  switch (data.phase) {
    case 'none':
    case 'expanded':
    case 'capturing':
      return {
        tone: 'open',
        title: 'Nothing has been moved yet.',
        sentence: `A move would carry over all ${kept}. The figures under “after” are what the rules say it will give.`,
      }
    case 'backfilled':
    case 'verified':
      return {
        tone: data.verification === undefined ? 'open' : 'good',
        title: 'The copy is complete; the wallet has not been switched over yet.',
        sentence: `All ${kept} stand in the new tables as well, and every comparison is right. Nothing would be lost.`,
      }
    case 'cut-over':
      return data.verification === undefined
        ? unproven(kept)
        : {
            tone: 'good',
            title: 'Nothing was lost.',
            sentence: `All ${kept} are in the new schema, and ${counted(data.verification.checks.length, 'comparison')} with the legacy tables came out right.`,
          }
    case 'rolled-back':
      return {
        tone: 'open',
        title: 'The move was taken back.',
        sentence: `The legacy tables are in use again, with all ${kept}. The figures under “after” are what another move will give.`,
      }
    case 'finalized':
      return {
        tone: 'open',
        title: 'The move is finished.',
        sentence: `The wallet holds ${kept}. The legacy tables were dropped after they had been compared, so there is nothing left to compare with.`,
      }
  }
}

/** What all users have together. */
export function totalOf(data: ReportData, what: 'all' | 'listed' | 'spendable'): BeforeAndAfter {
  const isKnown = data.users.every((user) => user[what].before !== undefined) && data.phase !== 'finalized'
  return {
    before: isKnown ? sum(data.users.map((user) => user[what].before)) : undefined,
    after: sum(data.users.map((user) => user[what].after)),
  }
}

/** Whether `after` shows what is there, or what a move will give. */
export function isAfterReal(phase: MigrationPhase): boolean {
  return phase === 'backfilled' || phase === 'verified' || phase === 'cut-over' || phase === 'finalized'
}

function unproven(kept: string): Headline {
  return {
    tone: 'open',
    title: 'The wallet was moved.',
    sentence: `It holds ${kept}. Run txkeep-migrate verify to compare them with the legacy tables.`,
  }
}

function sum(amounts: readonly (Amount | undefined)[]): Amount {
  return amounts.reduce<Amount>(
    (total, amount) => ({
      coins: total.coins + (amount?.coins ?? 0),
      satoshis: total.satoshis + (amount?.satoshis ?? 0),
    }),
    { coins: 0, satoshis: 0 },
  )
}
