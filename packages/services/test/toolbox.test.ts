import { MockChain, buildTransaction, hashOf } from '@txkeep/testkit'
import { MockServices, Services } from '@bsv/wallet-toolbox'
import { Beef, LockingScript, MerklePath, Transaction, UnlockingScript } from '@bsv/sdk'
import knex from 'knex'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createServices,
  hashOutputScript,
  toolboxProviders,
  type FailoverServices,
  type ToolboxServices,
} from '../src/index.js'
import { chainedBeef, txidsOf } from './chained-beef.js'
import { FAILURES, FakeServer, json, type Reply } from './fake-server.js'

const UNCERTAIN = { status: 'error', serviceError: true }
const SEEN = { status: 'success', alreadyKnown: true, seenOnNetwork: true }
const RIVAL = hashOf('a rival')
/** What the toolbox calls the broadcaster at `arcUrl`. */
const LOCAL_ARC = 'TaalArcBeef'

/** The published services with a local ARC as their only broadcaster. */
async function published(): Promise<{ server: FakeServer; services: FailoverServices }> {
  const server = await FakeServer.start()
  const toolbox = new Services({ ...Services.createDefaultOptions('main'), arcUrl: server.url })
  const { services } = toolbox.postBeefServices
  toolbox.postBeefServices.services = services.filter(({ name }) => name === LOCAL_ARC)
  const providers = toolboxProviders(toolbox satisfies ToolboxServices)
  const all = createServices({ providers, postTimeoutMs: () => 500 })
  return { server, services: all.providers.find(({ name }) => name === LOCAL_ARC)! }
}

describe('the published Services', () => {
  it('are taken apart into their providers, and their headers', () => {
    const names = toolboxProviders(new Services('main')).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['WhatsOnChain', 'Bitails', 'toolbox headers']))
    expect(new Set(names).size).toBe(names.length)
  })

  it.each([
    ['SEEN_ON_NETWORK', SEEN],
    ['STORED', { status: 'success' }],
    ['REJECTED', { status: 'error' }],
    ['SEEN_IN_ORPHAN_MEMPOOL', { status: 'error', missingInputs: true, serviceError: true }],
    ['DOUBLE_SPEND_ATTEMPTED', { status: 'error', doubleSpend: true, competingTxs: [RIVAL] }],
    ['A_STATUS_OF_THE_FUTURE', UNCERTAIN],
    [undefined, UNCERTAIN],
  ])('an ARC inside them that says %s with HTTP 200 is heard in its own words', async (txStatus, row) => {
    const { server, services } = await published()
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    server.on('POST /v1/tx', json(200, { txid, txStatus, extraInfo: '', competingTxs: [RIVAL] }))
    const [result] = await services.postBeef(chained.beef, [txid])
    expect(result).toMatchObject({ name: LOCAL_ARC })
    expect(result!.txidResults).toEqual([{ txid, ...row }])
  })

  it.each([
    [465, { status: 'error' }],
    [409, UNCERTAIN],
    [466, { status: 'error', doubleSpend: true, competingTxs: [] }],
  ])('an ARC inside them that refuses with HTTP %i is no outage', async (status, row) => {
    const { server, services } = await published()
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    server.on('POST /v1/tx', json(status, { title: 'Refused', status, detail: 'so it is', txid }))
    const [result] = await services.postBeef(chained.beef, [txid])
    expect(result!.txidResults).toEqual([{ txid, ...row }])
  })

  it.each(Object.entries(FAILURES).filter(([name]) => name !== 'a huge body'))(
    'an ARC inside them that fails (%s) is an outage',
    async (_, reply: Reply) => {
      const { server, services } = await published()
      const chained = chainedBeef(1)
      const [txid = ''] = txidsOf(chained)
      server.on('POST /v1/tx', reply)
      const [result] = await services.postBeef(chained.beef, [txid])
      expect(result!.txidResults).toEqual([{ txid, ...UNCERTAIN }])
    },
  )

  it('that call it a success without a word are asked whether they know it', async () => {
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    const rowAfter = async (status: string): Promise<unknown> => {
      const toolbox = new Services('main')
      const posted = { name: 'x', status: 'success', txidResults: [{ txid, status: 'success' }] }
      const looked = { name: 'x', status: 'success', results: [{ txid, status, depth: undefined }] }
      toolbox.postBeefServices.services = [{ name: 'x', service: async () => posted as never }]
      toolbox.getStatusForTxidsServices.services = [{ name: 'x', service: async () => looked as never }]
      const services = createServices({ providers: toolboxProviders(toolbox) })
      return (await services.providers[0]!.postBeef(chained.beef, [txid]))[0]!.txidResults[0]
    }
    expect(await rowAfter('known')).toEqual({ txid, status: 'success' })
    expect(await rowAfter('unknown')).toEqual({ txid, ...UNCERTAIN })
  })

  it('that call an outage a success in every row were not reached', async () => {
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    const rows = [{ txid, status: 'success' }]
    const answer = async (): Promise<never> => ({ name: 'x', status: 'error', txidResults: rows }) as never
    const toolbox = new Services('main')
    toolbox.postBeefServices.services = [{ name: 'x', service: answer }]
    const services = createServices({ providers: toolboxProviders(toolbox) })
    const [result] = await services.providers[0]!.postBeef(chained.beef, [txid])
    expect(result!.txidResults).toEqual([{ txid, ...UNCERTAIN }])
  })
})

interface MockWorld {
  readonly mock: MockServices
  readonly services: FailoverServices
  /** A coin that may be spent: the first coinbase, a hundred blocks deep. */
  readonly coinbase: Transaction
  readonly secondCoinbase: Transaction
}

async function mockWorld(): Promise<MockWorld> {
  const database = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })
  onTestFinished(() => database.destroy())
  const mock = new MockServices(database)
  await mock.initialize()
  for (let block = 0; block < 101; block++) await mock.mineBlock()
  const coinbaseAt = async (height: number): Promise<Transaction> => {
    const row = (await database('mockchain_block_headers').where({ height }).first()) as { coinbaseTxid: string }
    return Transaction.fromBinary((await mock.getRawTx(row.coinbaseTxid)).rawTx!)
  }
  const services = createServices({ providers: toolboxProviders(mock satisfies ToolboxServices) })
  return { mock, services, coinbase: await coinbaseAt(0), secondCoinbase: await coinbaseAt(1) }
}

/** Spends output 0, which anybody may. */
function spend(
  parent: Transaction,
  satoshis: number,
  unlocking = '',
): { txid: string; beef: Uint8Array; transaction: Transaction } {
  const transaction = new Transaction(
    1,
    [
      {
        sourceTransaction: parent,
        sourceTXID: parent.id('hex'),
        sourceOutputIndex: 0,
        sequence: 0xffffffff,
        unlockingScript: UnlockingScript.fromHex(unlocking),
      },
    ],
    [{ satoshis, lockingScript: LockingScript.fromHex('51') }],
  )
  const beef = new Beef()
  beef.mergeRawTx(parent.toBinary())
  beef.mergeRawTx(transaction.toBinary())
  return { txid: transaction.id('hex'), beef: Uint8Array.from(beef.toBinary()), transaction }
}

describe('the published MockServices', () => {
  it('take a transaction, know it when it comes again, and name who spent a coin first', async () => {
    const { services, coinbase } = await mockWorld()
    const ours = spend(coinbase, 1000)
    const [first] = await services.postBeef(ours.beef, [ours.txid])
    expect(first).toEqual({
      name: 'MockServices',
      status: 'success',
      txidResults: [{ txid: ours.txid, status: 'success' }],
    })
    const [again] = await services.postBeef(ours.beef, [ours.txid])
    expect(again).toMatchObject({ status: 'success', txidResults: [{ alreadyKnown: true }] })
    const rival = spend(coinbase, 999)
    const [refused] = await services.postBeef(rival.beef, [rival.txid])
    expect(refused!.txidResults).toEqual([
      { txid: rival.txid, status: 'error', doubleSpend: true, competingTxs: [ours.txid] },
    ])
  })

  it('lack a parent, which is no refusal; and refuse a script that fails', async () => {
    const { services, coinbase } = await mockWorld()
    const stranger = chainedBeef(1)
    const [missing] = await services.postBeef(stranger.beef, txidsOf(stranger))
    expect(missing!.txidResults).toMatchObject([{ status: 'error', missingInputs: true }])
    const bad = spend(coinbase, 1000, '51')
    const [refused] = await services.postBeef(bad.beef, [bad.txid])
    expect(refused!.txidResults).toEqual([{ txid: bad.txid, status: 'error' }])
  })

  it('post a batch, each transaction in its own row of one answer', async () => {
    const { services, coinbase, secondCoinbase } = await mockWorld()
    const [good, bad] = [spend(coinbase, 1000), spend(secondCoinbase, 1000, '51')]
    const beef = Beef.fromBinary(good.beef)
    beef.mergeBeef(bad.beef)
    const results = await services.postBeef(Uint8Array.from(beef.toBinary()), [good.txid, bad.txid])
    expect(results).toHaveLength(1)
    const rows = [...results[0]!.txidResults].sort((a, b) => b.status.localeCompare(a.status))
    expect(rows).toEqual([
      { txid: good.txid, status: 'success' },
      { txid: bad.txid, status: 'error' },
    ])
  })

  it('cannot judge the child of a parent they did not mine yet, and that says nothing', async () => {
    const { services, coinbase } = await mockWorld()
    const parent = spend(coinbase, 1000)
    const child = spend(parent.transaction, 900)
    await services.postBeef(parent.beef, [parent.txid])
    const [result] = await services.postBeef(child.beef, [child.txid])
    expect(result!.txidResults).toEqual([{ txid: child.txid, ...UNCERTAIN }])
  })

  it('prove what they mined, against headers that hash to their hash', async () => {
    const { mock, services, coinbase } = await mockWorld()
    const ours = spend(coinbase, 1000)
    await services.postBeef(ours.beef, [ours.txid])
    expect((await services.getStatusForTxids([ours.txid, RIVAL])).results).toMatchObject([
      { txid: ours.txid, status: 'known' },
      { txid: RIVAL, status: 'unknown' },
    ])
    expect(await services.getMerklePath(ours.txid)).toEqual({ name: 'MockServices' })
    await mock.mineBlock()
    const tip = await services.findChainTipHeader()
    expect((await services.getStatusForTxids([ours.txid])).results).toMatchObject([{ status: 'mined' }])
    const { merklePath, error } = await services.getMerklePath(ours.txid)
    expect(error).toBeUndefined()
    const root = MerklePath.fromBinary(merklePath!).computeRoot(ours.txid)
    expect(await services.isValidRootForHeight(root, tip.height)).toBe(true)
    expect(await services.isValidRootForHeight(RIVAL, tip.height)).toBe(false)
    expect(await services.findHeaderForBlockHash(tip.hash)).toEqual(tip)
    expect(await services.findHeaderForHeight(tip.height + 1)).toBeUndefined()
    expect((await services.getRawTx(ours.txid)).rawTx).toEqual(Uint8Array.from(ours.transaction.toBinary()))
  })

  it('tell spent coins from unspent ones, and a tip that went back', async () => {
    const { mock, services, coinbase } = await mockWorld()
    const ours = spend(coinbase, 1000)
    const hashOfOutput = (parent: Transaction): string =>
      hashOutputScript(Uint8Array.from(parent.outputs[0]!.lockingScript.toBinary()))
    const coin = `${coinbase.id('hex')}.0`
    expect(await services.getUtxoStatus(hashOfOutput(coinbase), coin)).toEqual({ status: 'success', isUtxo: true })
    await services.postBeef(ours.beef, [ours.txid])
    expect(await services.getUtxoStatus(hashOfOutput(coinbase), coin)).toEqual({ status: 'success', isUtxo: false })
    const before = await services.findChainTipHeader()
    await mock.reorg(before.height, 1)
    const after = await services.findChainTipHeader()
    expect(after.height).toBe(before.height)
    expect(after.hash).not.toBe(before.hash)
  })
})

describe('a toolbox that misbehaves', () => {
  const chain = new MockChain()
  const ours = buildTransaction()
  chain.mine(ours)
  const { header, height } = chain.tip
  const nonsense: unknown = expect.objectContaining({ code: 'SERVICE_ANSWER' })
  const outage: unknown = expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' })
  const sdkPath = MerklePath.fromBinary(chain.merklePathOf(ours.txid)!)
  const failing = (): Promise<never> => Promise.reject(new Error('key s3cret'))

  function services(toolbox: Partial<ToolboxServices>): FailoverServices {
    const nothing: ToolboxServices = {
      postBeef: failing,
      getMerklePath: failing,
      getStatusForTxids: failing,
      getRawTx: failing,
      getUtxoStatus: failing,
      getHeight: failing,
      getHeaderForHeight: failing,
      hashToHeader: failing,
    }
    return createServices({ providers: toolboxProviders({ ...nothing, ...toolbox }, { timeoutMs: 50 }) })
  }

  it.each([
    ['gives a path without the transaction', { merklePath: sdkPath }, RIVAL],
    ['gives a path that is none', { merklePath: { toBinary: () => [1, 2] } }, ours.txid],
    [
      'gives a header that does not hash to its hash',
      { merklePath: sdkPath, header: { ...header, nonce: 7 } },
      ours.txid,
    ],
    ['gives the header of another block', { merklePath: sdkPath, header: chain.blocks[0]!.header }, ours.txid],
  ])('and %s proves nothing', async (_, answer, txid) => {
    const found = await services({ getMerklePath: async () => answer }).getMerklePath(txid)
    expect(found).toEqual({ name: 'Services', error: nonsense })
  })

  it('and throws, fails or hangs is unavailable, and its words are not repeated', async () => {
    const down = services({
      getStatusForTxids: async () => ({ status: 'error', results: [{ txid: RIVAL, status: 'unknown' }] }),
      getUtxoStatus: async () => ({ status: 'success' }),
      getRawTx: () => new Promise(() => undefined),
    })
    expect(await down.getStatusForTxids([RIVAL])).toMatchObject({ status: 'error', error: outage, results: [] })
    expect(await down.getUtxoStatus(RIVAL, `${RIVAL}.0`)).toEqual({ status: 'error', error: outage })
    expect(await down.getRawTx(RIVAL)).toMatchObject({ error: { reason: 'timeout' } })
    const { error } = await down.getMerklePath(RIVAL)
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(String(error)).not.toContain('s3cret')
    await expect(down.findChainTipHeader()).rejects.toEqual(outage)
  })

  it('and gives other bytes, another header or none is not believed', async () => {
    const lying = services({
      getRawTx: async () => ({ rawTx: [1, 2, 3] }),
      getHeight: async () => height,
      getHeaderForHeight: async () => [0],
      hashToHeader: async () => chain.blocks[0]!.header,
    })
    expect(await lying.getRawTx(RIVAL)).toEqual({ txid: RIVAL, error: nonsense })
    await expect(lying.findHeaderForHeight(height)).rejects.toEqual(nonsense)
    await expect(lying.findHeaderForBlockHash(header.hash)).rejects.toEqual(nonsense)
  })
})
