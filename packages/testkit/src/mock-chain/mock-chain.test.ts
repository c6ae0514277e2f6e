import { Beef } from '@bsv/sdk'
import { verifyProof } from '@txkeep/lifecycle'
import { describe, expect, it } from 'vitest'
import { buildTransaction, type BuiltTransaction } from '../builders/build-transaction.js'
import { MockChain } from './mock-chain.js'

describe('a mock chain', () => {
  it('gives every mined transaction a path that its headers prove', async () => {
    const chain = new MockChain()
    const transactions = Array.from({ length: 5 }, () => buildTransaction())
    const block = chain.mine(...transactions)
    chain.mineEmpty(3)
    for (const [index, { txid }] of [block.coinbase, ...transactions].entries()) {
      const { merklePath, header } = await chain.getMerklePath(txid)
      expect(header?.hash).toBe(block.hash)
      const proof = await verifyProof(merklePath!, txid, chain)
      expect(proof).toMatchObject({ height: block.height, merkleIndex: index, blockHash: block.hash })
    }
  })

  it('links every header to the one before', async () => {
    const chain = new MockChain({ startHeight: 10 })
    chain.mineEmpty(4)
    const hashes = chain.blocks.map((block) => block.hash)
    expect(chain.blocks.slice(1).map((block) => block.header.previousHash)).toEqual(hashes.slice(0, -1))
    expect(chain.blocks.map((block) => block.height)).toEqual([10, 11, 12, 13, 14])
    expect(await chain.currentHeight()).toBe(14)
    expect(await chain.findHeaderForHeight(9)).toBeUndefined()
    expect((await chain.findHeaderForHeight(12))?.hash).toBe(hashes[2])
  })

  it('is the same chain for the same seed, and another one for another', () => {
    const hashes = ['a', 'a', 'b'].map((seed) => {
      const chain = new MockChain({ seed })
      chain.mine(buildTransaction({ salt: 'same' }))
      chain.reorg(1)
      return chain.tip.hash
    })
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[0]).not.toBe(hashes[2])
  })

  it('makes a coinbase with the outputs asked for', () => {
    const { coinbase, txids } = new MockChain().mineBlock({ coinbase: [5, 6] })
    expect(txids).toEqual([coinbase.txid])
    expect(coinbase.outputs.map((output) => output.satoshis)).toEqual([5, 6])
  })

  it('mines only what it knows and what is not mined yet', () => {
    const chain = new MockChain()
    const { txid } = buildTransaction()
    expect(() => chain.mine(txid)).toThrow('the network does not know it')
    chain.accept(buildTransaction({ salt: 1 }))
    const [known] = chain.mempool
    chain.mine(known!)
    expect(() => chain.mine(known!)).toThrow('it is mined at height 800001')
  })

  it('says a coin is unspent until the network sees it spent', async () => {
    const chain = new MockChain()
    const parent = buildTransaction({ outputs: [1, 2] })
    chain.mine(parent)
    chain.accept(buildTransaction({ inputs: [{ txid: parent.txid, vout: 1 }] }))
    const ask = async (vout: number) => (await chain.getUtxoStatus('', `${parent.txid}.${vout}`)).isUtxo
    expect([await ask(0), await ask(1), await ask(2)]).toEqual([true, false, false])
  })

  it('judges lock times by its tip', async () => {
    const chain = new MockChain({ startHeight: 100 })
    const final = (lockTime: number, sequence: number) =>
      chain.nLockTimeIsFinal(
        buildTransaction({ lockTime, inputs: [{ txid: 'ab'.repeat(32), vout: 0, sequence }] }).rawTx,
      )
    expect(await final(0, 1)).toBe(true)
    expect(await final(100, 1)).toBe(true)
    expect(await final(101, 1)).toBe(false)
    expect(await final(101, 0xffffffff)).toBe(true)
    expect(await final(chain.tip.header.time, 1)).toBe(false)
    expect(await final(chain.tip.header.time - 1, 1)).toBe(true)
  })

  it('throws for headers while they are not available', async () => {
    const chain = new MockChain()
    chain.headersAvailable = false
    await expect(chain.currentHeight()).rejects.toThrow('cannot be reached')
    await expect(chain.isValidRootForHeight('', 1)).rejects.toThrow('cannot be reached')
  })
})

describe('a reorg', () => {
  it('replaces blocks by a longer branch and leaves loose transactions in the mempool', async () => {
    const chain = new MockChain({ startHeight: 10 })
    const [a, b] = [buildTransaction(), buildTransaction()]
    chain.mine(a)
    chain.mine(b)
    const { orphaned, added } = chain.reorg(2)
    expect(orphaned.map((block) => block.height)).toEqual([11, 12])
    expect(added.map((block) => block.height)).toEqual([11, 12, 13])
    expect(chain.mempool).toEqual([a.txid, b.txid])
    const old = orphaned[0]!
    expect(await chain.isValidRootForHeight(old.header.merkleRoot, 11)).toBe(false)
    expect((await chain.findHeaderForBlockHash(old.hash))?.height).toBe(11)
    expect(await chain.getMerklePath(a.txid)).toEqual({ name: 'alpha' })
  })

  it('mines what it keeps in another block, with another path', async () => {
    const chain = new MockChain()
    const kept = buildTransaction()
    chain.mine(kept)
    const before = chain.merklePathOf(kept.txid)!
    chain.reorg(1, { keep: [kept.txid] })
    const after = chain.merklePathOf(kept.txid)!
    await expect(verifyProof(before, kept.txid, chain)).rejects.toMatchObject({ code: 'INVALID_PROOF' })
    await expect(verifyProof(after, kept.txid, chain)).resolves.toMatchObject({ txid: kept.txid })
    expect(chain.orphanedMerklePathOf(kept.txid)).toEqual(before)
  })

  it('forgets what it drops and everything that descends from it', () => {
    const chain = new MockChain()
    const parent = buildTransaction()
    const child = buildTransaction({ inputs: [{ txid: parent.txid, vout: 0 }] })
    chain.mine(parent)
    chain.accept(child)
    chain.reorg(1, { drop: [parent.txid] })
    expect(chain.mempool).toEqual([])
    expect(chain.transaction(child.txid)).toBeUndefined()
  })

  it('forgets the coinbase of a block it takes off, and what spends it', () => {
    const chain = new MockChain()
    const { coinbase } = chain.mine()
    const spend = buildTransaction({ inputs: [{ txid: coinbase.txid, vout: 0 }] })
    chain.mine(spend)
    chain.reorg(2)
    expect(chain.transaction(coinbase.txid)).toBeUndefined()
    expect(chain.transaction(spend.txid)).toBeUndefined()
  })

  it('can confirm a rival instead', async () => {
    const chain = new MockChain()
    const input = { txid: 'ab'.repeat(32), vout: 0 }
    const [mine, rival] = [buildTransaction({ inputs: [input] }), buildTransaction({ inputs: [input] })]
    chain.mine(mine)
    chain.reorg(1, { mine: [rival] })
    expect(chain.blockOf(rival.txid)).toBeDefined()
    const [result] = await chain.provider('alpha').postBeef(beefOf(mine), [mine.txid])
    expect(result?.txidResults).toEqual([
      { txid: mine.txid, status: 'error', doubleSpend: true, competingTxs: [rival.txid] },
    ])
  })

  it('of nothing, or of the first block, is refused', () => {
    const chain = new MockChain()
    expect(() => chain.reorg(0)).toThrow('cannot be reorganised')
    expect(() => chain.reorg(1)).toThrow('cannot be reorganised')
  })
})

describe('a mock provider', () => {
  it('accepts what is new, knows what it has seen, and says which transaction came first', async () => {
    const chain = new MockChain()
    const input = { txid: 'ab'.repeat(32), vout: 0 }
    const [first, second] = [buildTransaction({ inputs: [input] }), buildTransaction({ inputs: [input] })]
    const post = async (transaction: BuiltTransaction) => {
      const results = await chain.postBeef(beefOf(transaction), [transaction.txid])
      return results.map((result) => ({ name: result.name, ...result.txidResults[0] }))
    }
    const { txid } = first
    expect(await post(first)).toEqual([
      { name: 'alpha', txid, status: 'success' },
      { name: 'beta', txid, status: 'success', alreadyKnown: true },
    ])
    expect(await post(second)).toMatchObject([
      { name: 'alpha', status: 'error', doubleSpend: true, competingTxs: [txid] },
      { name: 'beta', status: 'error', doubleSpend: true, competingTxs: [txid] },
    ])
    expect(chain.mempool).toEqual([txid])
  })

  it('relays unknown ancestors that come in the same BEEF', async () => {
    const chain = new MockChain({ strictInputs: true })
    const { coinbase } = chain.mine()
    const parent = buildTransaction({ inputs: [{ txid: coinbase.txid, vout: 0 }] })
    const child = buildTransaction({ inputs: [{ txid: parent.txid, vout: 0 }] })
    const orphan = buildTransaction({ inputs: [{ txid: 'ab'.repeat(32), vout: 0 }] })
    await chain.provider('alpha').postBeef(beefOf(parent, child), [child.txid])
    expect(chain.mempool).toEqual([parent.txid, child.txid])
    const [refused] = await chain.provider('alpha').postBeef(beefOf(orphan), [orphan.txid])
    expect(refused?.txidResults).toEqual([{ txid: orphan.txid, status: 'error', serviceError: true }])
  })

  it('follows its script: by txid first, then the next answers in turn, then always', async () => {
    const chain = new MockChain()
    const alpha = chain.provider('alpha').always('reject').next('unavailable', 'success')
    const post = async (transaction: BuiltTransaction) =>
      (await alpha.postBeef(beefOf(transaction), [transaction.txid]))[0]
    const [a, b, c, special] = Array.from({ length: 4 }, () => buildTransaction()) as [
      BuiltTransaction,
      BuiltTransaction,
      BuiltTransaction,
      BuiltTransaction,
    ]
    alpha.answers(special.txid, { answer: 'doubleSpend', competingTxids: ['cd'.repeat(32)] })
    expect(await post(a)).toMatchObject({ status: 'error', txidResults: [{ serviceError: true }] })
    expect(await post(b)).toMatchObject({ status: 'success', txidResults: [{ status: 'success' }] })
    expect((await post(c))?.txidResults).toEqual([{ txid: c.txid, status: 'error' }])
    expect(await post(special)).toMatchObject({ txidResults: [{ doubleSpend: true, competingTxs: ['cd'.repeat(32)] }] })
    expect(chain.mempool).toEqual([b.txid])
    expect(alpha.calls.get('postBeef')).toBe(4)
  })

  it('can relay a transaction and never answer, or throw', async () => {
    const chain = new MockChain()
    const [a, b] = [buildTransaction(), buildTransaction()]
    const alpha = chain.provider('alpha').next({ answer: 'timeout', relays: true }, 'throw')
    const silent = alpha.postBeef(beefOf(a), [a.txid])
    expect(await Promise.race([silent, Promise.resolve('nothing yet')])).toBe('nothing yet')
    expect(chain.mempool).toEqual([a.txid])
    await expect(alpha.postBeef(beefOf(b), [b.txid])).rejects.toThrow('cannot be reached')
  })

  it('claims success in its rows during an outage without relaying anything', async () => {
    const chain = new MockChain()
    const transaction = buildTransaction()
    const [result] = await chain.provider('alpha').always('outage').postBeef(beefOf(transaction), [transaction.txid])
    expect(result).toMatchObject({ status: 'error', txidResults: [{ status: 'success' }] })
    expect(chain.mempool).toEqual([])
  })

  it('answers look-ups truly, blindly or not at all', async () => {
    const chain = new MockChain()
    const [mined, waiting, stranger] = [buildTransaction(), buildTransaction(), buildTransaction()]
    chain.mine(mined)
    chain.mineEmpty(2)
    chain.accept(waiting)
    const alpha = chain.provider('alpha')
    const ask = () => alpha.getStatusForTxids([mined.txid, waiting.txid, stranger.txid])
    expect((await ask()).results.map(({ status, depth }) => [status, depth])).toEqual([
      ['mined', 3],
      ['known', 0],
      ['unknown', undefined],
    ])
    expect((await alpha.getRawTx(mined.txid)).rawTx).toEqual(mined.rawTx)
    alpha.lookUps = 'blind'
    expect((await ask()).results.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(await alpha.getRawTx(mined.txid)).toEqual({ txid: mined.txid, name: 'alpha' })
    alpha.lookUps = 'down'
    expect(await ask()).toMatchObject({ status: 'error', results: [] })
    expect(await alpha.getUtxoStatus('', `${mined.txid}.0`)).toMatchObject({ status: 'error' })
    expect((await chain.getStatusForTxids([mined.txid])).name).toBe('beta')
  })

  it('proves with what it was told to', async () => {
    const chain = new MockChain()
    const transaction = buildTransaction()
    chain.mine(transaction)
    const alpha = chain.provider('alpha').provesWith(transaction.txid, Uint8Array.of(1))
    expect(await alpha.getMerklePath(transaction.txid)).toEqual({ name: 'alpha', merklePath: Uint8Array.of(1) })
    alpha.provesWith(transaction.txid, undefined)
    expect(await alpha.getMerklePath(transaction.txid)).toEqual({ name: 'alpha' })
  })
})

function beefOf(...transactions: readonly BuiltTransaction[]): Uint8Array {
  const beef = new Beef()
  for (const { rawTx } of transactions) beef.mergeRawTx(rawTx)
  return beef.toUint8Array()
}
