import type { Connection as DriverConnection, QueryError, QueryResult } from 'mysql2'

import type { ExecuteResult } from './connection.js'
import type { SqlValue } from './sql-value.js'
import { translateMysqlError } from './mysql-errors.js'

/** Bytes from this length on are sent as they are; written into the statement they would take twice the space. */
const SENT_APART_BYTES = 65_536

/** Runs one statement, whatever the caller's pool was told about dates and numbers. Every error is one of core's. */
export function mysqlQuery(
  connection: DriverConnection,
  sql: string,
  bindings: readonly SqlValue[],
): Promise<ExecuteResult> {
  // Numbers beyond 2^53 come as text, which no column takes for a number, instead of rounded.
  const statement = { sql, values: bindings.map(bindable), dateStrings: true, supportBigNumbers: true }
  const isLarge = bindings.some((value) => value instanceof Uint8Array && value.length >= SENT_APART_BYTES)
  return new Promise((resolve, reject) => {
    const settle = (error: QueryError | null, result: QueryResult): void => {
      // Prepared for its bytes, not to be run again: a server keeps only so many.
      if (isLarge) connection.unprepare(sql)
      if (error === null) resolve(executeResult(result))
      else reject(translateMysqlError(error))
    }
    if (isLarge) connection.execute(statement, settle)
    else connection.query(statement, settle)
  })
}

/** Times are UTC with milliseconds, as the session's time zone has it. */
function bindable(value: SqlValue): string | number | boolean | Buffer | null {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '')
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return value
}

function executeResult(result: QueryResult): ExecuteResult {
  if (Array.isArray(result)) return { rows: result as ExecuteResult['rows'], changes: result.length }
  return { rows: [], changes: result.affectedRows, insertedId: result.insertId }
}
