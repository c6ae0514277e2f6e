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
  const checks = data.verification?.checks ?? []
  const failed = checks.filter((check) => !check.ok).length
  if (data.verification !== undefined && !data.verification.ok) {
    return {
      tone: 'bad',
      title: 'Something does not match.',
      sentence:
        `${failed} of ${counted(checks.length, 'check')} failed; they stand first in the list below. ` +
        'The legacy tables hold everything they held. Do not go on before each difference is explained.',
    }
  }
  const comparisons = `${counted(checks.length, 'comparison')} with the legacy tables came out right`
  switch (data.phase) {
    case 'none':
    case 'expanded':
    case 'capturing':
      return {
        tone: 'open',
        title: 'Nothing has been moved yet.',
        sentence: `${holdings(data)} The figures under “after” are what the rules say a move will give.`,
      }
    case 'backfilled':
    case 'verified':
      return {
        tone: 'good',
        title: 'The copy is complete, and nothing would be lost.',
        sentence: `${holdings(data)} ${comparisons}. The wallet has not been switched over yet.`,
      }
    case 'cut-over':
      return { tone: 'good', title: 'Nothing was lost.', sentence: `${holdings(data)} ${comparisons}.` }
    case 'rolled-back':
      return {
        tone: 'open',
        title: 'The move was taken back.',
        sentence: `The legacy tables are in use again. ${holdings(data)} The figures under “after” are those of the new tables, which stay beside them for another cutover.`,
      }
    case 'finalized':
      return {
        tone: 'open',
        title: 'The move is finished.',
        sentence: `${holdings(data)} The legacy tables were dropped after a last comparison with them, so there is nothing left to compare with.`,
      }
  }
}

/** `The balance is 85,887,833 satoshis in 242 coins, as before; all 415 outputs ever recorded are there.` */
function holdings(data: ReportData): string {
  const listed = totalOf(data, 'listed')
  const all = totalOf(data, 'all')
  const balance = `The balance is ${counted(listed.after.satoshis, 'satoshi')} in ${counted(listed.after.coins, 'coin')}`
  const outputs = `all ${counted(all.after.coins, 'output')} ever recorded are there`
  if (listed.before === undefined) return `${balance}; ${outputs}.`
  const isSame = listed.before.satoshis === listed.after.satoshis && listed.before.coins === listed.after.coins
  if (isSame) return `${balance}, as before; ${outputs}.`
  return `${balance}; it was ${grouped(listed.before.satoshis)} in ${grouped(listed.before.coins)}, and each difference has its reason below; ${outputs}.`
}

/** What all users have together. */
export function totalOf(data: ReportData, what: 'all' | 'listed' | 'spendable'): BeforeAndAfter {
  const total = sumOf(data.users.map((user) => user[what]))
  return data.phase === 'finalized' ? { before: undefined, after: total.after } : total
}

/** Amounts added up; nothing is known before where one of them has no before. */
export function sumOf(amounts: readonly BeforeAndAfter[]): BeforeAndAfter {
  const befores = amounts.map(({ before }) => before).filter((before) => before !== undefined)
  return {
    before: befores.length === amounts.length ? sum(befores) : undefined,
    after: sum(amounts.map(({ after }) => after)),
  }
}

/** Whether `after` shows what is there, or what a move will give. */
export function isAfterReal(phase: MigrationPhase): boolean {
  return phase !== 'none' && phase !== 'expanded' && phase !== 'capturing'
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce<Amount>(
    (total, amount) => ({
      coins: total.coins + amount.coins,
      satoshis: total.satoshis + amount.satoshis,
    }),
    { coins: 0, satoshis: 0 },
  )
}
