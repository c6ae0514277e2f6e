import type { PostTxidResult } from '@txkeep/core'
import { MockChain, buildTransaction, hashOf } from '@txkeep/testkit'
import { MerklePath, P2PKH } from '@bsv/sdk'
import { describe, expect, it } from 'vitest'
import { createServices, hashOutputScript, whatsOnChain, type FailoverServices } from '../src/index.js'
import { headerBytes, headerHash } from '../src/checks/block-header.js'
import { chainedBeef, txidsOf } from './chained-beef.js'
import { serveChain, tscProof, wocHeader } from './explorer.js'
import { FAILURES, FakeServer, HASTY, json, text, type Reply } from './fake-server.js'

const TXID = hashOf('ours')
const NONSENSE: unknown = expect.objectContaining({ code: 'SERVICE_ANSWER' })
const UNCERTAIN = { status: 'error', serviceError: true }
const KNOWN = { status: 'success', alreadyKnown: true }
const MISSING = { status: 'error', missingInputs: true, serviceError: true }
const DOUBLE_SPEND = { status: 'error', doubleSpend: true, competingTxs: [] }

async function world(apiKey?: string): Promise<{ server: FakeServer; services: FailoverServices }> {
  const server = await FakeServer.start()
  const key = apiKey === undefined ? {} : { apiKey }
  const providers = [whatsOnChain({ chain: 'main', name: 'woc', ...HASTY, ...key, url: server.url })]
  return { server, services: createServices({ providers, postTimeoutMs: () => 250 }) }
}

/** A chain whose tip block holds `ours` between two others, and a server that tells all about it. */
async function minedWorld(): Promise<{
  server: FakeServer
  services: FailoverServices
  chain: MockChain
  ours: ReturnType<typeof buildTransaction>
}> {
  const { server, services } = await world()
  const chain = new MockChain()
  const ours = buildTransaction()
  chain.mine(buildTransaction(), ours, buildTransaction(), buildTransaction())
  serveChain(server, chain)
  return { server, services, chain, ours }
}

async function posted(reply: (txid: string) => Reply): Promise<{ row: PostTxidResult; requests: number }> {
  const { server, services } = await world()
  const chained = chainedBeef(1)
  const [txid = ''] = txidsOf(chained)
  server.on('POST /tx/raw', reply(txid))
  const [result] = await services.postBeef(chained.beef, [txid])
  const { txid: named, ...row } = result!.txidResults[0]!
  expect(named).toBe(txid)
  return { row: row as PostTxidResult, requests: server.requests.length }
}

describe('a broadcast through WhatsOnChain', () => {
  it.each([
    ['the txid as text', (txid: string) => text(200, txid), { status: 'success' }],
    ['the txid as JSON', (txid: string) => json(200, txid), { status: 'success' }],
    ['the txid and a line break', (txid: string) => text(200, `${txid}\n`), { status: 'success' }],
    ['another txid', () => text(200, TXID), UNCERTAIN],
    ['nothing but OK', () => text(200, 'OK'), UNCERTAIN],
    ['the txid, but as created', (txid: string) => text(201, txid), UNCERTAIN],
  ])('answered with %s', async (_, reply, row) => {
    expect((await posted(reply)).row).toEqual(row)
  })

  it.each([
    ['unexpected response code 500: Transaction already in the mempool', KNOWN],
    ['257: txn-already-known', KNOWN],
    ['transaction already in block chain', KNOWN],
    ['258: txn-mempool-conflict', DOUBLE_SPEND],
    ['16: bad-txns-inputs-spent', DOUBLE_SPEND],
    ['18: txn-double-spend-detected', DOUBLE_SPEND],
    ['Missing inputs', MISSING],
    ['unexpected response code 500: Missing inputs', MISSING],
    ['16: mandatory-script-verify-flag-failed (Signature must be zero)', { status: 'error' }],
    ['64: dust', { status: 'error' }],
    ['66: mempool min fee not met', { status: 'error' }],
    ['66: insufficient priority', { status: 'error' }],
    ['16: bad-txns-vin-empty', { status: 'error' }],
    ['TX decode failed', { status: 'error' }],
    ['16: bad-txns-inputs-missingorspent', MISSING],
    ['64: non-final', UNCERTAIN],
    ['16: bad-txns-nonfinal', UNCERTAIN],
    ['16: bad-txns-premature-spend-of-coinbase', UNCERTAIN],
    ['this API version is gone', UNCERTAIN],
    ['64: too-long-mempool-chain', UNCERTAIN],
    ['mempool full', UNCERTAIN],
    ['words nobody here knows', UNCERTAIN],
    ['', UNCERTAIN],
  ])('refused with "%s" is what its node meant', async (said, row) => {
    expect((await posted(() => text(400, said))).row).toEqual(row)
  })

  it.each(Object.entries(FAILURES))('that fails (%s) is an outage, asked once', async (_, reply) => {
    const { row, requests } = await posted(() => reply)
    expect(row).toEqual(UNCERTAIN)
    expect(requests).toBe(1)
  })

  it('sends the raw transaction, and the key as a header', async () => {
    const { server, services } = await world('k3y')
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    server.on('POST /tx/raw', text(200, txid))
    await services.postBeef(chained.beef, [txid])
    const txhex = Buffer.from(chained.transactions[0]!.rawTx).toString('hex')
    expect(JSON.parse(server.requests[0]!.body)).toEqual({ txhex })
    expect(server.requests[0]!.headers.authorization).toBe('k3y')
  })
})

describe('statuses from WhatsOnChain', () => {
  it.each([
    ['mined', { blockhash: hashOf('b'), blockheight: 9, confirmations: 3 }, { status: 'mined', depth: 3 }],
    ['in the mempool', {}, { status: 'known', depth: 0 }],
    ['unknown', { error: 'unknown' }, { status: 'unknown', depth: undefined }],
    ['in a block that left the chain', { blockhash: hashOf('b'), confirmations: -1 }, undefined],
    ['in a block of no depth', { blockhash: hashOf('b') }, undefined],
    ['with an error of its own', { error: 'busy' }, undefined],
  ])('a transaction that is %s', async (_, row, expected) => {
    const { server, services } = await world()
    server.on('POST /txs/status', json(200, [{ txid: TXID, ...row }]))
    const { status, results } = await services.getStatusForTxids([TXID])
    expect(status).toBe('success')
    expect(results).toEqual(expected === undefined ? [] : [{ txid: TXID, ...expected }])
  })

  it('are asked for twenty at a time, and a row about another transaction is no answer', async () => {
    const { server, services } = await world()
    const txids = Array.from({ length: 45 }, (_, index) => hashOf(`t${index}`))
    server.on('POST /txs/status', (response, { body }) => {
      const asked = (JSON.parse(body) as { txids: string[] }).txids
      json(200, [{ txid: TXID }, ...asked.slice(1).map((txid) => ({ txid }))])(response, server.requests[0]!)
    })
    const { results } = await services.getStatusForTxids(txids)
    expect(server.requests.map(({ body }) => (JSON.parse(body) as { txids: string[] }).txids.length)).toEqual([
      20, 20, 5,
    ])
    expect(results).toHaveLength(42)
  })

  it.each(Object.entries(FAILURES))('that fail (%s) are an error, and never "unknown"', async (_, reply) => {
    const { server, services } = await world()
    server.on('POST /txs/status', reply)
    expect(await services.getStatusForTxids([TXID])).toMatchObject({ status: 'error', results: [] })
  })
})

describe('a merkle path from WhatsOnChain', () => {
  it('is the one the chain has, with the header it leads to', async () => {
    const { services, chain } = await minedWorld()
    for (const txid of chain.tip.txids) {
      const path = await services.getMerklePath(txid)
      expect(path).toMatchObject({ name: 'woc', header: chain.tip.header })
      expect(MerklePath.fromBinary(path.merklePath!).computeRoot(txid)).toBe(chain.tip.header.merkleRoot)
    }
  })

  it('of a block with its coinbase alone has no nodes and is the root itself', async () => {
    const { services, server } = await world()
    const chain = new MockChain()
    const { coinbase, header } = chain.mine()
    serveChain(server, chain)
    const path = await services.getMerklePath(coinbase.txid)
    expect(MerklePath.fromBinary(path.merklePath!).computeRoot(coinbase.txid)).toBe(header.merkleRoot)
  })

  it.each([
    ['is about another transaction', { txOrId: TXID }],
    ['has another index', { index: 0 }],
    ['has an index outside the block', { index: 1000 }],
    ['has no index', { index: '1' }],
    ['has a wrong node', { nodes: [TXID, TXID, TXID] }],
    ['has too few nodes', { nodes: [TXID] }],
    ['has a node that is no hash', { nodes: ['*', 'x', '*'] }],
    ['has nodes that are no list', { nodes: TXID }],
    ['names no block', { target: undefined }],
  ])('that %s is no proof', async (_, change) => {
    const { server, services, chain, ours } = await minedWorld()
    server.on(`GET /tx/${ours.txid}/proof/tsc`, json(200, [tscProof(chain, ours.txid, change)]))
    expect(await services.getMerklePath(ours.txid)).toEqual({ name: 'woc', error: NONSENSE })
  })

  it('into a block with another root is no proof', async () => {
    const { server, services, chain, ours } = await minedWorld()
    const target = chain.mine().hash
    serveChain(server, chain)
    server.on(`GET /tx/${ours.txid}/proof/tsc`, json(200, [tscProof(chain, ours.txid, { target })]))
    expect(await services.getMerklePath(ours.txid)).toEqual({ name: 'woc', error: NONSENSE })
  })

  it('into a block that left the best chain is none yet; of two, the one that still stands counts', async () => {
    const { server, services, chain, ours } = await minedWorld()
    const gone = wocHeader(chain.blocks[0]!.header, { confirmations: -1 })
    server.on(`GET /block/${chain.blocks[0]!.hash}/header`, json(200, gone))
    const stale = tscProof(chain, ours.txid, { target: chain.blocks[0]!.hash })
    server.on(`GET /tx/${ours.txid}/proof/tsc`, json(200, [stale]), json(200, [stale, tscProof(chain, ours.txid)]))
    expect(await services.getMerklePath(ours.txid)).toEqual({ name: 'woc' })
    expect(await services.getMerklePath(ours.txid)).toMatchObject({ header: chain.tip.header })
  })

  it.each([
    ['HTTP 404', text(404, 'not found')],
    ['an empty body', text(200, '')],
    ['null', json(200, null)],
    ['an empty list', json(200, [])],
  ])('that is not there yet (%s) is no error', async (_, reply) => {
    const { server, services } = await world()
    server.on('GET *', reply)
    expect(await services.getMerklePath(TXID)).toEqual({ name: 'woc' })
  })
})

describe('headers from WhatsOnChain', () => {
  it('are found by height, by hash and at the tip', async () => {
    const { services, chain } = await minedWorld()
    const { header, height } = chain.tip
    expect(await services.findHeaderForHeight(height)).toEqual(header)
    expect(await services.findHeaderForBlockHash(header.hash)).toEqual(header)
    expect(await services.findChainTipHeader()).toEqual(header)
    expect(await services.currentHeight()).toBe(height)
    expect(await services.isValidRootForHeight(header.merkleRoot, height)).toBe(true)
    expect(await services.isValidRootForHeight(TXID, height)).toBe(false)
  })

  it('may have a version that a node writes as a negative number', async () => {
    const { server, services, chain } = await minedWorld()
    const fields = { ...chain.tip.header, version: 0xe0000000 }
    const header = { ...fields, hash: headerHash(headerBytes(fields)) }
    server.on(`GET /block/${header.height}/header`, json(200, wocHeader(header, { version: 0xe0000000 | 0 })))
    expect(await services.findHeaderForHeight(header.height)).toEqual(header)
  })

  it('above the tip are none', async () => {
    const { services } = await world()
    expect(await services.findHeaderForHeight(1)).toBeUndefined()
    expect(await services.findHeaderForBlockHash(TXID)).toBeUndefined()
    expect(await services.isValidRootForHeight(TXID, 1)).toBe(false)
  })

  it.each([
    ['hashes to something else', { merkleroot: TXID }],
    ['has another nonce', { nonce: 1 }],
    ['has no version', { version: undefined }],
    ['has bits that are no number', { bits: 'easy' }],
    ['has a negative time', { time: -1 }],
    ['has no previous hash', { previousblockhash: '' }],
    ['is of another height', { height: 5 }],
  ])('one that %s is none, and its root is neither right nor wrong', async (_, change) => {
    const { server, services, chain } = await minedWorld()
    const { header, height } = chain.tip
    server.on(`GET /block/${height}/header`, json(200, wocHeader(header, change)))
    await expect(services.findHeaderForHeight(height)).rejects.toThrow(NONSENSE)
    await expect(services.isValidRootForHeight(header.merkleRoot, height)).rejects.toThrow(NONSENSE)
  })

  it('a tip that goes back is told as it is', async () => {
    const { server, services, chain } = await minedWorld()
    expect(await services.currentHeight()).toBe(chain.tip.height)
    const [first] = chain.blocks
    server.on('GET /block/headers', json(200, [wocHeader(first!.header)]))
    expect(await services.findChainTipHeader()).toEqual(first!.header)
  })

  it.each(Object.entries(FAILURES))('that fail (%s) throw', async (name, reply) => {
    const { server, services } = await world()
    server.on('GET *', reply)
    const error = expect.objectContaining({ code: expect.stringMatching(/^SERVICE_/) as string }) as Error
    await expect(services.findChainTipHeader()).rejects.toEqual(error)
    await expect(services.isValidRootForHeight(TXID, 7)).rejects.toEqual(error)
    expect(name).not.toBe('')
  })
})

describe('raw transactions from WhatsOnChain', () => {
  it('are the bytes that hash to the txid', async () => {
    const { services, ours } = await minedWorld()
    expect(await services.getRawTx(ours.txid)).toEqual({ txid: ours.txid, rawTx: ours.rawTx, name: 'woc' })
  })

  it('are absent without an error when it does not know them', async () => {
    const { services } = await world()
    expect(await services.getRawTx(TXID)).toEqual({ txid: TXID })
  })

  it.each([
    ['of another transaction', Buffer.from(buildTransaction().rawTx).toString('hex')],
    ['that are no hex', 'xyz'],
    ['of odd length', 'abc'],
    ['that are none', ''],
  ])('%s are an error', async (_, hex) => {
    const { server, services } = await world()
    server.on('GET *', text(200, hex))
    expect(await services.getRawTx(TXID)).toEqual({ txid: TXID, error: NONSENSE })
  })
})

describe('coins from WhatsOnChain', () => {
  const lockingScript = Uint8Array.from(Buffer.from('76a914d0a69b53d9a1e229b51a60cc24814f8750b7446188ac', 'hex'))
  const hash = hashOutputScript(lockingScript)
  const script = Buffer.from(hash, 'hex').reverse().toString('hex')
  const route = `GET /script/${script}/unspent/all`
  const outpoint = `${TXID}.3`
  const coin = { height: 9, tx_pos: 3, tx_hash: TXID, value: 7, isSpentInMempoolTx: false, status: 'confirmed' }
  const list = (result: readonly object[], more: object = {}): Reply =>
    json(200, { script, result, error: '', ...more })

  it('are asked for by the script hash as the documentation of the explorer writes it', () => {
    // The address 1L2F8wYxTRagCZLnsm2engg8ngGECSeuE5, in its example.
    const example = new P2PKH().lock('1L2F8wYxTRagCZLnsm2engg8ngGECSeuE5').toUint8Array()
    const written = Buffer.from(hashOutputScript(example), 'hex').reverse().toString('hex')
    expect(written).toBe('b3005d46af31c4b5675b73c17579b7bd366dfe10635b7b43ac111aea5226efb6')
  })

  it.each([
    ['listed', [coin], true],
    ['listed in upper case', [{ ...coin, tx_hash: TXID.toUpperCase() }], true],
    ['listed, but spent in the mempool', [{ ...coin, isSpentInMempoolTx: true }], false],
    ['not listed', [{ ...coin, tx_pos: 2 }], false],
    ['of a script without coins', [], false],
  ])('a coin that is %s', async (_, result, isUtxo) => {
    const { server, services } = await world()
    server.on(route, list(result))
    expect(await services.getUtxoStatus(hash, outpoint)).toEqual({ status: 'success', isUtxo })
  })

  it('a coin is looked for on every page', async () => {
    const { server, services } = await world()
    server.on(route, list([], { 'next-page': 'p 2' }))
    server.on(`${route}?token=p%202`, list([coin]))
    expect(await services.getUtxoStatus(hash, outpoint)).toEqual({ status: 'success', isUtxo: true })
  })

  it.each([
    ...Object.entries(FAILURES),
    ['no page', text(404, 'not found')],
    ['the coins of another script', list([coin], { script: TXID })],
    ['an error beside the list', list([], { error: 'busy' })],
    ['pages without end', list([], { 'next-page': 'again' })],
  ] as [string, Reply][])('a look-up that fails (%s) is an error, and never "no coin"', async (_, reply) => {
    const { server, services } = await world()
    server.on('GET *', reply)
    expect(await services.getUtxoStatus(hash, outpoint)).toEqual({ status: 'error', error: expect.any(Error) as Error })
  })
})

describe('lock times', () => {
  it('are compared with the tip, unless every input is final', async () => {
    const { services, chain } = await minedWorld()
    const { height, header } = chain.tip
    const isFinal = (lockTime: number, sequence = 0): Promise<boolean> => {
      const { rawTx } = buildTransaction({ lockTime, inputs: [{ txid: TXID, vout: 0, sequence }] })
      return services.nLockTimeIsFinal(rawTx)
    }
    expect(await isFinal(0)).toBe(true)
    expect(await isFinal(height)).toBe(true)
    expect(await isFinal(height + 1)).toBe(false)
    expect(await isFinal(height + 1, 0xffffffff)).toBe(true)
    expect(await isFinal(header.time - 1)).toBe(true)
    expect(await isFinal(header.time)).toBe(false)
  })
})
