import {
  checkMoment,
  checkOneOf,
  checkPlainText,
  checkSatoshis,
  checkSatoshisDelta,
  checkTxid,
  checkWholeNumber,
} from '@txkeep/core'

/** One field of a row type as a record holds it. */
export interface Field<Value> {
  /** The name in the record, where it is not the row's. */
  readonly name?: string
  /** What to store; undefined leaves it out. @throws {InvalidParameterError} naming `name` if it may not be stored. */
  encode(value: Value, name: string): unknown
  /** The value, or undefined if the record holds something no rule allows here. `stored` is undefined where it was left out. */
  decode(stored: unknown): Value | undefined
}

export const integer: Field<number> = { encode: (value, name) => checkWholeNumber(name, value), decode: safeInteger }

export const satoshis: Field<number> = { encode: (value, name) => checkSatoshis(name, value), decode: safeInteger }

export const satoshisDelta: Field<number> = {
  encode: (value, name) => checkSatoshisDelta(name, value),
  decode: safeInteger,
}

/** Stored as 0 or 1, which an index can hold. */
export const flag: Field<boolean> = {
  encode: Number,
  decode: (stored) => (stored === 1 || stored === true ? true : stored === 0 || stored === false ? false : undefined),
}

/** Stored as it is, for object stores the legacy database has too. */
export const boolean: Field<boolean> = { encode: (value) => value, decode: flag.decode }

export const text: Field<string> = {
  encode: (value, name) => checkPlainText(name, value),
  decode: (stored) => (typeof stored === 'string' ? stored : undefined),
}

export const txid: Field<string> = { encode: (value, name) => checkTxid(name, value), decode: text.decode }

export const moment: Field<Date> = {
  encode: (value, name) => checkMoment(name, value),
  decode: (stored) => (stored instanceof Date && !Number.isNaN(stored.getTime()) ? stored : undefined),
}

/** A copy without what else its buffer holds. Legacy object stores hold lists of numbers. */
export const bytes: Field<Uint8Array> = {
  encode: (value) => Uint8Array.from(value),
  decode: (stored) =>
    stored instanceof Uint8Array ? stored : Array.isArray(stored) ? Uint8Array.from(stored as number[]) : undefined,
}

/** Text that is one of a known list. */
export function oneOf<Value extends string>(values: readonly Value[]): Field<Value> {
  return {
    encode: (value, name) => checkOneOf(name, value, values),
    decode: (stored) => values.find((known) => known === stored),
  }
}

/** JSON text of a value; `isValid` is asked when it is read. */
export function json<Value>(isValid: (value: unknown) => value is Value): Field<Value> {
  return {
    encode: (value, name) => checkPlainText(name, JSON.stringify(value)),
    decode: (stored) => {
      const value = typeof stored === 'string' ? parseJson(stored) : undefined
      return isValid(value) ? value : undefined
    },
  }
}

/** Null is left out of the record. */
export function nullable<Value>(field: Field<Value>): Field<Value | null> {
  return {
    ...field,
    encode: (value, name) => (value === null ? undefined : field.encode(value, name)),
    decode: (stored) => (stored === undefined || stored === null ? null : field.decode(stored)),
  }
}

export function named<Value>(name: string, field: Field<Value>): Field<Value> {
  return { ...field, name }
}

function safeInteger(stored: unknown): number | undefined {
  return typeof stored === 'number' && Number.isSafeInteger(stored) ? stored : undefined
}

function parseJson(stored: string): unknown {
  try {
    return JSON.parse(stored)
  } catch {
    return undefined
  }
}
