import type { PostTxidResult } from '@txkeep/core'
import { expect, test } from 'vitest'
import { readProviderAnswer } from './provider-answer.js'

const TXID = 'ab'.repeat(32)

function answerTo(results: readonly Partial<PostTxidResult>[], status: 'success' | 'error' = 'success'): string {
  const txidResults = results.map((result) => ({ txid: TXID, status: 'error' as const, ...result }))
  return readProviderAnswer({ name: 'one', status, txidResults }, TXID).answer
}

test.each([
  ['a success', [{ status: 'success' }], 'accept'],
  ['an error about a transaction it knows already', [{ alreadyKnown: true }], 'accept'],
  ['a plain error', [{}], 'reject'],
  ['an error that is its own', [{ serviceError: true }], 'unavailable'],
  ['a double spend', [{ doubleSpend: true }], 'doubleSpend'],
  ['not a word', [], 'unavailable'],
  ['a success among errors', [{}, { status: 'success' }], 'accept'],
  ['a double spend among errors', [{ serviceError: true }, { doubleSpend: true }], 'doubleSpend'],
  ['a rejection beside an outage', [{}, { serviceError: true }], 'unavailable'],
  ['a missing parent', [{ missingInputs: true }], 'missingInputs'],
  ['a rejection beside a missing parent', [{}, { missingInputs: true }], 'missingInputs'],
] as const)('%s is read as it is meant', (_, results, expected) => {
  expect(answerTo(results)).toBe(expected)
})

test('a provider that failed as a whole while every row claims success was not reached', () => {
  expect(answerTo([{ status: 'success' }], 'error')).toBe('unavailable')
})

test('a success in a batch counts although another transaction of the batch was refused', () => {
  const txidResults = [
    { txid: TXID, status: 'success' as const },
    { txid: 'cd'.repeat(32), status: 'error' as const },
  ]
  expect(readProviderAnswer({ name: 'one', status: 'error', txidResults }, TXID).answer).toBe('accept')
})

test.each([{ status: 'success' as const }, { status: 'error' as const, alreadyKnown: true }])(
  'a provider that took it and saw it on the network is a witness',
  (row) => {
    const txidResults = [{ txid: TXID, seenOnNetwork: true, ...row }]
    const expected = { provider: 'one', answer: 'accept', seenOnNetwork: true }
    expect(readProviderAnswer({ name: 'one', status: 'success', txidResults }, TXID)).toEqual(expected)
  },
)

test('a row about another txid says nothing about this one', () => {
  const result = {
    name: 'one',
    status: 'success' as const,
    txidResults: [{ txid: 'cd'.repeat(32), status: 'success' as const }],
  }
  expect(readProviderAnswer(result, TXID).answer).toBe('unavailable')
})

test('named competitors are passed on', () => {
  const txidResults = [{ txid: TXID, status: 'error' as const, doubleSpend: true, competingTxs: ['cd'.repeat(32)] }]
  expect(readProviderAnswer({ name: 'one', status: 'error', txidResults }, TXID)).toEqual({
    provider: 'one',
    answer: 'doubleSpend',
    competingTxids: ['cd'.repeat(32)],
  })
})
