import { hashOf } from '@txkeep/testkit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readArcPost, readArcStatus } from './arc/read-arc-answer.js'
import { readMerklePath, readTscProof } from './checks/merkle-path.js'
import { readRawTx } from './checks/raw-transaction.js'
import { ServiceAnswerError } from './service-error.js'
import { readToolboxPost } from './toolbox/read-toolbox-post.js'
import { readUnspentPage, readWocPost, readWocStatuses } from './whatsonchain/read-woc-answer.js'
import { readWocHeader } from './whatsonchain/woc-header.js'

/** Whatever a broken or hostile server may say: no case may end in anything but a checked answer or our own error. */

const TXID = hashOf('ours')

/** Fields that mean something to somebody, with values of every kind, among them the right ones. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(TXID, TXID.toUpperCase(), 'SEEN_ON_NETWORK', 'REJECTED', 'MINED', 'unknown', '', 'x'.repeat(70)),
  fc.integer(),
)
const KEYS = ['txid', 'txStatus', 'status', 'title', 'competingTxs', 'merklePath', 'extraInfo', 'detail', 'error']
const WOC_KEYS = [
  'blockhash',
  'confirmations',
  'result',
  'script',
  'hash',
  'height',
  'index',
  'nodes',
  'txOrId',
  'bits',
]
const object = fc.dictionary(fc.constantFrom(...KEYS, ...WOC_KEYS), value)
const body = fc.oneof(object, value, fc.array(object, { maxLength: 3 })).map((given) => JSON.stringify(given))
const answer = fc.record({
  status: fc.constantFrom(200, 201, 202, 400, 404, 409, 422, 460, 461, 465, 466, 473, 499),
  text: fc.oneof(body, fc.string(), fc.constantFrom(TXID, `"${TXID}"`)),
  quoted: fc.constant(''),
})

function ourError<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceAnswerError)
    return undefined
  }
}

it('ARC took a transaction only if it says so with HTTP 2xx, about this very txid', () => {
  fc.assert(
    fc.property(answer, (given) => {
      const { row } = readArcPost('arc', given, TXID)
      expect(row.txid).toBe(TXID)
      if (row.status !== 'success') return
      const { txid, txStatus } = JSON.parse(given.text) as { txid: string; txStatus: string }
      expect([given.status < 300, txid.toLowerCase(), ['SEEN_ON_NETWORK', 'MINED'].includes(txStatus)]).toEqual([
        true,
        TXID,
        true,
      ])
    }),
    { numRuns: 2000 },
  )
})

it('ARC refused a transaction only in its own words', () => {
  fc.assert(
    fc.property(answer, (given) => {
      const { row } = readArcPost('arc', given, TXID)
      if (row.status === 'success' || row.serviceError === true) return
      const said = JSON.parse(given.text) as { txid?: string; txStatus?: string; status?: number; title?: string }
      const isProblem = given.status >= 400 && said.status === given.status && typeof said.title === 'string'
      expect(isProblem || (said.txStatus === 'REJECTED' && said.txid?.toLowerCase() === TXID)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

it('a status at ARC is clear, left out or an error of ours', () => {
  fc.assert(
    fc.property(answer, (given) => {
      const found = ourError(() => readArcStatus('arc', given, TXID))
      if (found?.status === 'unknown' && given.status === 200) expect(given.text).toContain('REJECTED')
      else if (found?.status === 'unknown') expect(given.status).toBe(404)
    }),
    { numRuns: 2000 },
  )
})

it('WhatsOnChain took a transaction only if it answers with this very txid, or its node has it', () => {
  fc.assert(
    fc.property(answer, (given) => {
      const { row } = readWocPost('woc', given, TXID)
      if (row.status === 'success') expect(given.text.toLowerCase()).toContain(TXID)
    }),
    { numRuns: 2000 },
  )
})

it('no list, header, path or bytes of whatever shape break a reader', () => {
  fc.assert(
    fc.property(fc.oneof(object, value), fc.array(fc.oneof(object, value)), fc.string(), (one, many, text) => {
      for (const { txid, status } of readWocStatuses(many, [TXID])) expect([txid, status]).toHaveLength(2)
      ourError(() => readUnspentPage('woc', JSON.stringify(one), TXID))
      // Nobody finds the hash of a made-up header, nor a preimage of a txid.
      expect(readWocHeader(one)).toBeUndefined()
      expect(readMerklePath(one, TXID)).toBeUndefined()
      expect(readRawTx(one, TXID)).toBeUndefined()
      expect(readRawTx(text, TXID)).toBeUndefined()
      if (typeof one === 'object' && one !== null) readTscProof(one as Record<string, unknown>, TXID, 1)
    }),
    { numRuns: 2000 },
  )
})

it('bytes that are none are no transaction', () => {
  for (const given of [[{ toString: 0 }], [256], [-1], [0.5], ['00']]) expect(readRawTx(given, TXID)).toBeUndefined()
})

it('the rows of a toolbox mean a success only where one says success or its data does', () => {
  const row = fc.record({
    txid: fc.constantFrom(TXID, hashOf('another')),
    status: fc.constantFrom('success', 'error', 'odd'),
    alreadyKnown: fc.boolean(),
    doubleSpend: fc.boolean(),
    serviceError: fc.boolean(),
    data: value,
  })
  const result = fc.record({
    name: fc.constant('x'),
    status: fc.constantFrom('success', 'error'),
    error: fc.oneof(value, fc.constant(new Error('missing inputs'))),
    txidResults: fc.array(row, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(result, { maxLength: 3 }), (results) => {
      const { meaning } = readToolboxPost(results, TXID)
      if (!['accept', 'known', 'seen'].includes(meaning)) return
      const ours = results.flatMap(({ txidResults }) => txidResults).filter(({ txid }) => txid === TXID)
      const says = ours.some(
        ({ status, data }) => status === 'success' || /SEEN|MINED/.test(JSON.stringify(data) ?? ''),
      )
      expect(says || /already/.test(JSON.stringify(results))).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
