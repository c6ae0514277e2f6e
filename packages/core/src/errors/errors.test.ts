import { expect, it } from 'vitest'
import {
  IllegalTransitionError,
  InvalidParameterError,
  InvalidProofError,
  LeaseLostError,
  NotFoundError,
  SchemaVersionError,
  StoreBusyError,
  TxkeepError,
  UniqueViolationError,
} from '../index.js'

const txid = 'ab'.repeat(32)

it('an error says what happened, with which value, and what is allowed or what to do', () => {
  const errors: TxkeepError[] = [
    new IllegalTransitionError('confirmed', 'invalid', ['reorging']),
    new IllegalTransitionError('queued', 'confirmed', ['sending', 'sent'], 'With a proof it may be confirmed.'),
    new InvalidParameterError('satoshis', -1, 'a whole number of satoshis from 0 to 2100000000000000'),
    new InvalidProofError(txid, 'no header has its root'),
    new LeaseLostError('acquire_proofs'),
    new NotFoundError('transaction', 7),
    new NotFoundError('action', 'ref"1'),
    new UniqueViolationError('actions'),
  ]
  expect(errors.map((error) => `${error.name} ${error.code}: ${error.message}`)).toMatchInlineSnapshot(`
    [
      "IllegalTransitionError ILLEGAL_TRANSITION: A transaction cannot move from confirmed to invalid. From confirmed it may move to: reorging.",
      "IllegalTransitionError ILLEGAL_TRANSITION: A transaction cannot move from queued to confirmed. From queued it may move to: sending, sent. With a proof it may be confirmed.",
      "InvalidParameterError INVALID_PARAMETER: The parameter satoshis was -1. It must be a whole number of satoshis from 0 to 2100000000000000.",
      "InvalidProofError INVALID_PROOF: The merkle path for abababababababababababababababababababababababababababababababab proves nothing: no header has its root. Ask another provider for a path.",
      "LeaseLostError LEASE_LOST: The lease of acquire_proofs expired or was taken over, so nothing was written. Stop this run and claim the lease anew.",
      "NotFoundError NOT_FOUND: There is no transaction 7. Check the key, and that it belongs to this user.",
      "NotFoundError NOT_FOUND: There is no action "ref\\"1". Check the key, and that it belongs to this user.",
      "UniqueViolationError UNIQUE_VIOLATION: The table actions already has a row with this unique key. Read it and decide again.",
    ]
  `)
})

it('a caller can tell errors apart by code and by class, and read what they are about', () => {
  const error: unknown = new SchemaVersionError('The schema is newer than this build.', 2, 1)
  expect(error).toBeInstanceOf(TxkeepError)
  expect(error).toMatchObject({ code: 'SCHEMA_VERSION', found: 2, expected: 1, name: 'SchemaVersionError' })
})

it('the cause stays attached', () => {
  const cause = new Error('SQLITE_BUSY')
  expect(new StoreBusyError('The database is locked.', { cause }).cause).toBe(cause)
})

it('no message holds a raw transaction, given as bytes or as text', () => {
  const bytes = new InvalidParameterError('rawTx', new Uint8Array(400).fill(7), 'a transaction')
  const text = new InvalidParameterError('rawTx', '07'.repeat(400), 'a transaction')
  expect(bytes.message).toContain('400 bytes')
  expect(text.message.length).toBeLessThan(160)
})
