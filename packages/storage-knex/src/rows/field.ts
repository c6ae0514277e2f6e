import {
  InvalidParameterError,
  checkMoment,
  checkOneOf,
  checkPlainText,
  checkSatoshis,
  checkSatoshisDelta,
  checkTxid,
  checkWholeNumber,
  isProcessingStatus,
  type ProcessingStatus,
} from '@txkeep/core'

import type { SqlValue } from '../dialect/sql-value.js'

/** One field of a row type, and the column that holds it. */
export interface Field<Value> {
  readonly column: string
  /** What to bind. @throws {InvalidParameterError} naming `name` if no column may hold this value. */
  encode(value: Value, name: string): SqlValue
  /** The value, or undefined if the database holds something no rule allows here. */
  decode(stored: unknown): Value | undefined
}

export function integer(column: string): Field<number> {
  return {
    column,
    encode: (value, name) => checkWholeNumber(name, value),
    decode: safeInteger,
  }
}

/** Money is checked against the range of the network going in, and against what a number holds exactly coming out. */
export function satoshis(column: string): Field<number> {
  return { column, encode: (value, name) => checkSatoshis(name, value), decode: safeInteger }
}

export function satoshisDelta(column: string): Field<number> {
  return { column, encode: (value, name) => checkSatoshisDelta(name, value), decode: safeInteger }
}

export function boolean(column: string): Field<boolean> {
  return {
    column,
    encode: (value) => value,
    decode: (stored) => (stored === 1 || stored === true ? true : stored === 0 || stored === false ? false : undefined),
  }
}

/** Text without NUL, which not every engine can hold. */
export function text(column: string): Field<string> {
  return {
    column,
    encode: (value, name) => checkPlainText(name, value),
    decode: (stored) => (typeof stored === 'string' ? stored : undefined),
  }
}

export function txid(column: string): Field<string> {
  return {
    column,
    encode: (value, name) => checkTxid(name, value),
    decode: (stored) => (typeof stored === 'string' ? stored : undefined),
  }
}

/** Text that is one of a known list. */
export function oneOf<Value extends string>(column: string, values: readonly Value[]): Field<Value> {
  const isKnown = (value: unknown): value is Value => values.some((known) => known === value)
  return {
    column,
    encode: (value, name) => checkOneOf(name, value, values),
    decode: (stored) => (isKnown(stored) ? stored : undefined),
  }
}

export function processing(column: string): Field<ProcessingStatus> {
  return {
    column,
    encode: (value, name) => {
      if (!isProcessingStatus(value)) throw new InvalidParameterError(name, value, 'a processing status')
      return value
    },
    decode: (stored) => (isProcessingStatus(stored) ? stored : undefined),
  }
}

export function timestamp(column: string): Field<Date> {
  return {
    column,
    encode: (value, name) => checkMoment(name, value),
    decode: storedDate,
  }
}

/** A moment kept as whole milliseconds since 1970: what leases compare with database time. */
export function milliseconds(column: string): Field<Date> {
  return {
    column,
    encode: (value) => value.getTime(),
    decode: (stored) => (typeof stored === 'number' ? new Date(stored) : undefined),
  }
}

export function bytes(column: string): Field<Uint8Array> {
  return {
    column,
    encode: (value) => value,
    // A driver's Buffer becomes the plain class, without a copy.
    decode: (stored) =>
      stored instanceof Uint8Array ? new Uint8Array(stored.buffer, stored.byteOffset, stored.length) : undefined,
  }
}

/** JSON text of a value; `isValid` is asked when it is read. */
export function json<Value>(column: string, isValid: (value: unknown) => value is Value): Field<Value> {
  return {
    column,
    encode: (value, name) => checkPlainText(name, JSON.stringify(value)),
    decode: (stored) => {
      const value = typeof stored === 'string' ? parseJson(stored) : undefined
      return isValid(value) ? value : undefined
    },
  }
}

export function nullable<Value>(field: Field<Value>): Field<Value | null> {
  return {
    column: field.column,
    encode: (value, name) => (value === null ? null : field.encode(value, name)),
    decode: (stored) => (stored === null ? null : field.decode(stored)),
  }
}

function safeInteger(stored: unknown): number | undefined {
  return typeof stored === 'number' && Number.isSafeInteger(stored) ? stored : undefined
}

/**
 * ISO text as we and the legacy application write it, `YYYY-MM-DD HH:MM:SS` as SQLite's CURRENT_TIMESTAMP writes it (UTC too),
 * milliseconds as knex writes a Date, or what a server's driver already made a Date.
 */
function storedDate(stored: unknown): Date | undefined {
  if (stored instanceof Date) return stored
  if (typeof stored === 'number') return validDate(new Date(stored))
  if (typeof stored !== 'string') return undefined
  return validDate(
    new Date(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(stored) ? `${stored.replace(' ', 'T')}Z` : stored),
  )
}

function validDate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date
}

function parseJson(stored: string): unknown {
  try {
    return JSON.parse(stored)
  } catch {
    return undefined
  }
}
