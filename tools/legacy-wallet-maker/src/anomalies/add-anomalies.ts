import BetterSqlite3 from 'better-sqlite3'
import { ANOMALIES } from './anomalies.js'
import type { TouchedKey } from './anomaly.js'

/** One damage done: which, and to which rows. */
export interface AddedAnomaly {
  id: string
  finding: string | undefined
  touched: TouchedKey[]
}

/**
 * Damages a legacy database by hand: every anomaly of `ANOMALIES`, or only those with these ids. Each is done to rows of
 * its own, all in one transaction with foreign keys off.
 * @throws {RangeError} if an id is not one of `ANOMALIES`
 */
export function addAnomalies(file: string, ids?: readonly string[]): AddedAnomaly[] {
  const wanted = ids?.map((id) => {
    const anomaly = ANOMALIES.find((candidate) => candidate.id === id)
    if (anomaly === undefined) throw new RangeError(`There is no anomaly '${id}'.`)
    return anomaly
  })
  const database = new BetterSqlite3(file, { fileMustExist: true })
  try {
    database.pragma('foreign_keys = off')
    return database.transaction(() =>
      (wanted ?? ANOMALIES).map(({ id, finding, apply }) => ({ id, finding, touched: apply(database) })),
    )()
  } finally {
    database.close()
  }
}
