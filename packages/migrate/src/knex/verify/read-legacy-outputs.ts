import type { ProcessingStatus } from '@txkeep/core'
import type { SqlSession } from '../sql-session.js'
import type { LegacyOutputFacts } from './expected-output.js'
import type { LegacyDatabase } from './legacy-database.js'
import { legacyOwnerOf } from './model-outputs.js'
import { readMark, rowMarks } from './row-marks.js'

/** More to read of each output in the same pass: columns, and the joins (to the legacy output `o`) they come from. */
export interface AlongsideOutput {
  readonly columns: string
  readonly joins: string
}

/** The txid an output must carry: its transaction's; a twin and an output of no transaction keep their own. */
export const EXPECTED_TXID = `coalesce(m.txid, nullif(lower(o.txid), ''))`

/** What is only yes or no. */
const { sql: MARKS, bits: BIT } = rowMarks({
  hasAmount: 'o.satoshis IS NOT NULL',
  isCommission: `o.purpose = 'storage-commission'`,
  flag: 'o.spendable = 1',
  spenderExists: 's.transactionId IS NOT NULL',
  isOrphan: 't.transactionId IS NULL',
  isTwin: 'p.isTwin = 1',
  isTaken: 'taken.outputId IS NOT NULL',
  hasWrongScript: 'w.outputId IS NOT NULL',
  isRawWrong: 'x.txid IS NOT NULL',
  isCoinbase: 'm.isCoinbase = 1',
  hasScript: 'o.lockingScript IS NOT NULL',
  aborted: 'k.aborted = 1',
})

/** The columns of the facts; more may follow. */
type FactsRow = readonly [
  outputId: number,
  marks: number,
  userId: number,
  basketId: number | null,
  satoshis: number,
  spentBy: number | null,
  placeSpentBy: number | null,
  spenderKeeper: number | null,
  legacyStatus: string | null,
  actionId: number,
  takenBy: number | null,
  processing: ProcessingStatus | null,
  height: number | null,
  rawLength: number | null,
  scriptOffset: number | null,
  scriptLength: number | null,
]

/**
 * Hands `visit` the facts of every legacy output, in order of `outputId`, and what was read alongside. Needs the model of
 * `buildLegacyModel`. Row by row and without waiting: `visit` does not use the session.
 */
export async function readLegacyOutputs<Alongside extends readonly unknown[] = []>(
  session: SqlSession,
  db: LegacyDatabase,
  visit: (facts: LegacyOutputFacts, alongside: Alongside) => void,
  alongside?: AlongsideOutput,
): Promise<void> {
  const owner = legacyOwnerOf('o')
  const spender = 'coalesce(p.spentBy, o.spentBy)'
  await session.each<FactsRow>(
    `SELECT o.outputId, ${MARKS}, o.userId, b.basketId, coalesce(o.satoshis, 0),
            o.spentBy, ${spender}, sl.keeperId, t.status, coalesce(p.actionId, ${owner}), taken.spenderId,
            m.processing, m.height, m.rawLength, ${integerOrNull(session, 'o.scriptOffset')}, ${integerOrNull(session, 'o.scriptLength')}
            ${alongside === undefined ? '' : `, ${alongside.columns}`}
       FROM ${db.legacy('outputs')} o
       LEFT JOIN model_place p ON p.outputId = o.outputId
       LEFT JOIN model_action t ON t.transactionId = ${owner}
       LEFT JOIN model_action k ON k.transactionId = coalesce(p.actionId, ${owner})
       LEFT JOIN output_baskets b ON b.basketId = o.basketId
       LEFT JOIN model_loser sl ON sl.transactionId = ${spender}
       LEFT JOIN model_action s ON s.transactionId = ${spender}
       LEFT JOIN model_txid m ON m.model = k.model AND coalesce(p.isTwin, 0) = 0
       LEFT JOIN model_raw_mismatch x ON x.txid = m.txid
       LEFT JOIN model_taken taken ON taken.outputId = o.outputId
       LEFT JOIN model_wrong_script w ON w.outputId = o.outputId
       ${alongside?.joins ?? ''}
      ORDER BY o.outputId`,
    (row) => visit(factsOf(row), row.slice(FACT_COLUMNS) as unknown as Alongside),
  )
}

const FACT_COLUMNS = 16

function factsOf(row: FactsRow): LegacyOutputFacts {
  const marks = row[1]
  return {
    outputId: row[0],
    userId: row[2],
    basketId: row[3],
    satoshis: row[4],
    spentBy: row[5],
    placeSpentBy: row[6],
    spenderKeeper: row[7],
    legacyStatus: row[8],
    actionId: row[9],
    takenBy: row[10],
    processing: row[11],
    height: row[12],
    rawLength: row[13],
    scriptOffset: row[14],
    scriptLength: row[15],
    hasAmount: readMark(marks, BIT.hasAmount),
    isCommission: readMark(marks, BIT.isCommission),
    flag: readMark(marks, BIT.flag),
    spenderExists: readMark(marks, BIT.spenderExists),
    isOrphan: readMark(marks, BIT.isOrphan),
    isTwin: readMark(marks, BIT.isTwin),
    isTaken: readMark(marks, BIT.isTaken),
    hasWrongScript: readMark(marks, BIT.hasWrongScript),
    isRawWrong: readMark(marks, BIT.isRawWrong),
    isCoinbase: readMark(marks, BIT.isCoinbase),
    hasScript: readMark(marks, BIT.hasScript),
    aborted: readMark(marks, BIT.aborted),
  }
}

/** Text, bytes and fractions are no place in any bytes. */
export function integerOrNull({ dialect }: SqlSession, column: string): string {
  return `CASE WHEN ${dialect.reading.isWholeNumber(column)} THEN ${column} END`
}
