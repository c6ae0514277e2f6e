import type { PostTxidResult } from '@txkeep/core'
import { MockChain, buildTransaction, hashOf } from '@txkeep/testkit'
import { Transaction } from '@bsv/sdk'
import { describe, expect, it } from 'vitest'
import { arc, createServices, type ArcOptions, type FailoverServices } from '../src/index.js'
import { chainedBeef, txidsOf } from './chained-beef.js'
import { FAILURES, FakeServer, HASTY, json, text, type Reply } from './fake-server.js'

const RIVAL = hashOf('a rival')

async function world(options: Partial<ArcOptions> = {}): Promise<{ server: FakeServer; services: FailoverServices }> {
  const server = await FakeServer.start()
  const providers = [arc({ name: 'arc', ...HASTY, ...options, url: server.url })]
  return { server, services: createServices({ providers, postTimeoutMs: () => 250 }) }
}

/** ARC's answer about a transaction, as its OpenAPI description has it. */
function told(txid: string, txStatus: string, more: object = {}): object {
  return {
    blockHash: '',
    blockHeight: 0,
    competingTxs: null,
    extraInfo: '',
    merklePath: '',
    status: 200,
    ...more,
    txid,
    txStatus,
  }
}

function problem(status: number, more: object = {}): Reply {
  return json(status, {
    type: 'about:blank',
    title: 'Refused',
    status,
    detail: '',
    instance: null,
    txid: null,
    ...more,
  })
}

/** What a broadcast of one transaction comes to when ARC replies like this. */
async function posted(
  reply: (txid: string) => Reply,
): Promise<{ row: PostTxidResult; error: unknown; requests: number }> {
  const { server, services } = await world()
  const chained = chainedBeef(1)
  const [txid = ''] = txidsOf(chained)
  server.on('POST /v1/tx', reply(txid))
  const [result] = await services.postBeef(chained.beef, [txid])
  const { txid: named, ...row } = result!.txidResults[0]!
  expect(named).toBe(txid)
  expect(result!.name).toBe('arc')
  return { row: row as PostTxidResult, error: result!.error, requests: server.requests.length }
}

const ACCEPT = { status: 'success' }
const SEEN = { status: 'success', alreadyKnown: true, seenOnNetwork: true }
const REJECT = { status: 'error' }
const UNCERTAIN = { status: 'error', serviceError: true }
const MISSING = { status: 'error', missingInputs: true, serviceError: true }
const DOUBLE_SPEND = { status: 'error', doubleSpend: true, competingTxs: [RIVAL] }

describe('a broadcast that ARC answers with HTTP 200', () => {
  it.each([
    ['QUEUED', ACCEPT],
    ['RECEIVED', ACCEPT],
    ['STORED', ACCEPT],
    ['ANNOUNCED_TO_NETWORK', ACCEPT],
    ['REQUESTED_BY_NETWORK', ACCEPT],
    ['SENT_TO_NETWORK', ACCEPT],
    ['ACCEPTED_BY_NETWORK', ACCEPT],
    ['SEEN_ON_NETWORK', SEEN],
    ['seen_on_network', SEEN],
    ['MINED', SEEN],
    ['IMMUTABLE', SEEN],
    ['REJECTED', REJECT],
    ['INVALID', REJECT],
    ['MALFORMED', REJECT],
    ['SEEN_IN_ORPHAN_MEMPOOL', MISSING],
    ['MINED_IN_STALE_BLOCK', UNCERTAIN],
    ['UNKNOWN', UNCERTAIN],
    ['A_STATUS_OF_THE_FUTURE', UNCERTAIN],
    ['constructor', UNCERTAIN],
    ['', UNCERTAIN],
  ])('and the status %s is read as it is meant', async (txStatus, row) => {
    expect((await posted((txid) => json(200, told(txid, txStatus)))).row).toEqual(row)
  })

  it('and a double spend names the competitors that are txids, once, without our own', async () => {
    const { row } = await posted((txid) =>
      json(200, told(txid, 'DOUBLE_SPEND_ATTEMPTED', { competingTxs: [RIVAL, RIVAL.toUpperCase(), 'x', 7, txid] })),
    )
    expect(row).toEqual(DOUBLE_SPEND)
  })

  it.each([
    ['txn-mempool-conflict', { status: 'error', doubleSpend: true, competingTxs: [] }],
    ['missing inputs', MISSING],
    ['transaction is already known', UNCERTAIN],
    ['mandatory-script-verify-flag-failed', REJECT],
  ])('and a rejection because of "%s" is what the reason says', async (extraInfo, row) => {
    expect((await posted((txid) => json(200, told(txid, 'REJECTED', { extraInfo })))).row).toEqual(row)
  })

  it('but about another transaction says nothing', async () => {
    expect((await posted(() => json(200, told(RIVAL, 'SEEN_ON_NETWORK')))).row).toEqual(UNCERTAIN)
  })

  it('but without a txid says nothing', async () => {
    expect((await posted(() => json(200, { txStatus: 'SEEN_ON_NETWORK' }))).row).toEqual(UNCERTAIN)
  })

  it('and as mined hands on a merkle path only if it holds the transaction', async () => {
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    const chain = new MockChain()
    const other = buildTransaction()
    chain.mine(chained.transactions[0]!, other)
    const row = async (of: string): Promise<PostTxidResult | undefined> => {
      const { server, services } = await world()
      const merklePath = Buffer.from(chain.merklePathOf(of)!).toString('hex')
      server.on('POST /v1/tx', json(200, told(txid, 'MINED', { merklePath })))
      return (await services.postBeef(chained.beef, [txid]))[0]!.txidResults[0]
    }
    expect(await row(txid)).toEqual({ txid, ...SEEN, merklePath: chain.merklePathOf(txid) })
    expect(await row(other.txid)).toEqual({ txid, ...SEEN })
  })
})

describe('a broadcast that ARC answers with HTTP 4xx', () => {
  it.each([
    [400, REJECT],
    [422, REJECT],
    [461, REJECT],
    [462, REJECT],
    [463, REJECT],
    [464, REJECT],
    [465, REJECT],
    [473, REJECT],
    [460, MISSING],
    [404, UNCERTAIN],
    [405, UNCERTAIN],
    [409, UNCERTAIN],
    [413, UNCERTAIN],
    [468, UNCERTAIN],
    [469, UNCERTAIN],
    [475, UNCERTAIN],
    [499, UNCERTAIN],
  ])('%i in its own words is read as its documentation says', async (status, row) => {
    expect((await posted((txid) => problem(status, { txid }))).row).toEqual(row)
  })

  it('466 is a double spend with the competitors it names', async () => {
    expect((await posted((txid) => problem(466, { txid, competingTxs: [RIVAL] }))).row).toEqual(DOUBLE_SPEND)
  })

  it.each([
    ['in the words of another server', json(465, { error: 'fee too low' })],
    ['whose body names another status', json(465, { title: 'Fee too low', status: 461 })],
    ['about another transaction', problem(465, { txid: RIVAL })],
    ['as plain text', text(465, 'fee too low')],
    ['as a list', json(461, [{ title: 'Bad', status: 461 }])],
  ])('but %s says nothing', async (_, reply) => {
    expect((await posted(() => reply)).row).toEqual(UNCERTAIN)
  })
})

describe('a broadcast that ARC does not answer', () => {
  it.each(Object.entries(FAILURES))('(%s) is an outage, asked once', async (_, reply) => {
    const { row, error, requests } = await posted(() => reply)
    expect(row).toEqual(UNCERTAIN)
    expect(error).toBeInstanceOf(Error)
    expect(requests).toBe(1)
  })
})

describe('what ARC is sent', () => {
  it('is the extended format, with the key and the callback as headers', async () => {
    const { server, services } = await world({ apiKey: 'k3y', callbackUrl: 'https://me/cb', callbackToken: 't0ken' })
    const chained = chainedBeef(2)
    const txid = txidsOf(chained)[1]!
    server.on('POST /v1/tx', json(200, told(txid, 'STORED')))
    await services.postBeef(chained.beef, [txid])
    const [request] = server.requests
    const { rawTx } = JSON.parse(request!.body) as { rawTx: string }
    expect(Transaction.fromHexEF(rawTx).id('hex')).toBe(txid)
    expect(request!.headers).toMatchObject({
      authorization: 'Bearer k3y',
      'x-callbackurl': 'https://me/cb',
      'x-callbacktoken': 't0ken',
    })
  })

  it('is parents before children, in whatever order they are named', async () => {
    const { server, services } = await world()
    const chained = chainedBeef(3)
    const txids = txidsOf(chained)
    server.on('POST /v1/tx', ...txids.map((txid) => json(200, told(txid, 'STORED'))))
    const [result] = await services.postBeef(chained.beef, [...txids].reverse())
    expect(result!.status).toBe('success')
    expect(result!.txidResults.map(({ txid }) => txid)).toEqual(txids)
  })

  it('is a missing parent that the BEEF holds unproven, and then the transaction once more', async () => {
    const { server, services } = await world()
    const chained = chainedBeef(3)
    const [grandparent = '', parent = '', child = ''] = txidsOf(chained)
    server.on(
      'POST /v1/tx',
      json(200, told(child, 'SEEN_IN_ORPHAN_MEMPOOL')),
      json(200, told(grandparent, 'STORED')),
      json(200, told(parent, 'STORED')),
      json(200, told(child, 'SEEN_ON_NETWORK')),
    )
    const [result] = await services.postBeef(chained.beef, [child])
    expect(result).toEqual({ name: 'arc', status: 'success', txidResults: [{ txid: child, ...SEEN }] })
  })

  it('stops at an outage: the rest of the batch is not even tried', async () => {
    const { server, services } = await world()
    const chained = chainedBeef(3)
    const [first = ''] = txidsOf(chained)
    server.on('POST /v1/tx', json(200, told(first, 'STORED')), text(500, 'oops'))
    const [result] = await services.postBeef(chained.beef, txidsOf(chained))
    expect(result!.txidResults.map(({ status }) => status)).toEqual(['success', 'error', 'error'])
    expect(result!.status).toBe('error')
    expect(server.requests).toHaveLength(2)
    expect(services.health()).toMatchObject([{ provider: 'arc', failures: 1 }])
  })
})

describe('a look-up at ARC', () => {
  const txid = hashOf('ours')

  it.each([
    ['MINED', { status: 'mined', depth: undefined }],
    ['IMMUTABLE', { status: 'mined', depth: undefined }],
    ['SEEN_ON_NETWORK', { status: 'known', depth: 0 }],
    ['ACCEPTED_BY_NETWORK', { status: 'known', depth: 0 }],
    ['REJECTED', { status: 'unknown', depth: undefined }],
    ['STORED', undefined],
    ['DOUBLE_SPEND_ATTEMPTED', undefined],
    ['SEEN_IN_ORPHAN_MEMPOOL', undefined],
    ['MINED_IN_STALE_BLOCK', undefined],
    ['A_STATUS_OF_THE_FUTURE', undefined],
  ])('of a transaction that is %s tells what is clear', async (txStatus, expected) => {
    const { server, services } = await world()
    server.on(`GET /v1/tx/${txid}`, json(200, told(txid, txStatus)))
    const { status, results } = await services.getStatusForTxids([txid])
    expect(status).toBe('success')
    expect(results).toEqual(expected === undefined ? [] : [{ txid, ...expected }])
  })

  it('of a transaction it does not know says so', async () => {
    const { server, services } = await world()
    server.on(`GET /v1/tx/${txid}`, problem(404))
    expect((await services.getStatusForTxids([txid])).results).toEqual([{ txid, status: 'unknown', depth: undefined }])
    expect(await services.getMerklePath(txid)).toEqual({ name: 'arc' })
  })

  it.each([
    ...Object.entries(FAILURES),
    ['HTTP 404 in other words', json(404, { message: 'not found' })],
    ['another transaction', json(200, told(RIVAL, 'MINED'))],
  ] as [string, Reply][])('that fails (%s) is an error, and never "unknown"', async (_, reply) => {
    const { server, services } = await world()
    server.on('GET *', reply)
    expect(await services.getStatusForTxids([txid])).toMatchObject({ status: 'error', results: [] })
    const path = await services.getMerklePath(txid)
    expect(path.error).toBeInstanceOf(Error)
    expect(path.merklePath).toBeUndefined()
  })

  it('of a merkle path is believed only as far as the path goes', async () => {
    const chain = new MockChain()
    const [ours, theirs] = [buildTransaction(), buildTransaction()]
    const { height } = chain.mine(ours, theirs)
    const [right, wrong] = [ours, theirs].map((one) => Buffer.from(chain.merklePathOf(one.txid)!).toString('hex'))
    const lookUp = async (body: object): Promise<unknown> => {
      const { server, services } = await world()
      server.on('GET *', json(200, { ...told(ours.txid, 'MINED'), ...body }))
      return services.getMerklePath(ours.txid)
    }
    const failure = { name: 'arc', error: expect.objectContaining({ code: 'SERVICE_ANSWER' }) as unknown }
    expect(await lookUp({ merklePath: right, blockHeight: height })).toEqual({
      name: 'arc',
      merklePath: chain.merklePathOf(ours.txid),
    })
    expect(await lookUp({ merklePath: right, blockHeight: height + 1 })).toEqual(failure)
    expect(await lookUp({ merklePath: 'ff00' })).toEqual(failure)
    expect(await lookUp({ merklePath: 'no hex' })).toEqual(failure)
    expect(await lookUp({ merklePath: 7 })).toEqual(failure)
    expect(await lookUp({ merklePath: '' })).toEqual({ name: 'arc' })
    expect(await lookUp({ merklePath: wrong, blockHeight: height })).toEqual(failure)
  })
})
