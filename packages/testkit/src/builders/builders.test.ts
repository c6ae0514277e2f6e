import { MerklePath, Transaction } from '@bsv/sdk'
import { describe, expect, it } from 'vitest'
import { buildCoinbase } from './build-coinbase.js'
import { buildProof } from './build-proof.js'
import { buildTransaction } from './build-transaction.js'

describe('buildTransaction', () => {
  it('makes bytes that parse back to the plan', () => {
    const built = buildTransaction({
      inputs: [{ txid: 'ab'.repeat(32), vout: 7, sequence: 5 }],
      outputs: [1, { satoshis: 2_100_000_000_000_000, lockingScript: Uint8Array.of(0x6a, 0x01, 0xff) }],
      lockTime: 9,
    })
    const parsed = Transaction.fromBinary(built.rawTx)
    expect(parsed.id('hex')).toBe(built.txid)
    expect(parsed.lockTime).toBe(9)
    expect(parsed.inputs[0]).toMatchObject({ sourceTXID: 'ab'.repeat(32), sourceOutputIndex: 7, sequence: 5 })
    expect(parsed.outputs.map((output) => output.satoshis)).toEqual([1, 2_100_000_000_000_000])
  })

  it('says where each locking script lies in the raw bytes', () => {
    const script = Uint8Array.of(0x6a, 0x02, 0x01, 0x02)
    const built = buildTransaction({ outputs: [1, { satoshis: 2, lockingScript: script }] })
    const { scriptOffset, scriptLength, lockingScript } = built.outputs[1]!
    expect(built.rawTx.slice(scriptOffset, scriptOffset + scriptLength)).toEqual(script)
    expect(lockingScript).toEqual(script)
  })

  it('gives the same txid for the same salt and another one without', () => {
    expect(buildTransaction({ salt: 'a' }).txid).toBe(buildTransaction({ salt: 'a' }).txid)
    expect(buildTransaction().txid).not.toBe(buildTransaction().txid)
  })
})

describe('buildCoinbase', () => {
  it('consumes the all-zero outpoint and nothing else', () => {
    const built = buildCoinbase({ height: 840_000 })
    expect(built.inputs).toEqual([{ txid: '0'.repeat(64), vout: 0xffffffff }])
  })

  it('differs by height and by salt', () => {
    const txids = [{ height: 1 }, { height: 2 }, { height: 1, salt: 'other' }].map((plan) => buildCoinbase(plan).txid)
    expect(new Set(txids).size).toBe(3)
  })
})

describe('buildProof', () => {
  it.each([0, 1, 2, 5, 64, 1023])(
    'makes a path that holds the txid at index %i and computes its root',
    (merkleIndex) => {
      const { txid } = buildTransaction()
      const proof = buildProof({ txid, height: 12, merkleIndex })
      const path = MerklePath.fromBinary(proof.merklePath)
      expect(path.blockHeight).toBe(12)
      expect(path.path[0]?.find((leaf) => leaf.hash === txid)?.offset).toBe(merkleIndex)
      expect(path.computeRoot(txid)).toBe(proof.merkleRoot)
    },
  )
})
