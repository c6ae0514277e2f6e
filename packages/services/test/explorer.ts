import type { BlockHeader } from '@txkeep/core'
import type { MockChain } from '@txkeep/testkit'
import { MerklePath } from '@bsv/sdk'
import { json, text, type FakeServer } from './fake-server.js'

/** A header as WhatsOnChain writes it. */
export function wocHeader(header: BlockHeader, more: object = {}): object {
  return {
    hash: header.hash,
    confirmations: 1,
    size: 300,
    height: header.height,
    version: header.version,
    versionHex: header.version.toString(16),
    merkleroot: header.merkleRoot,
    time: header.time,
    mediantime: header.time,
    nonce: header.nonce,
    bits: header.bits.toString(16),
    previousblockhash: header.previousHash,
    ...more,
  }
}

/** A TSC proof as WhatsOnChain writes it. */
export function tscProof(chain: MockChain, txid: string, more: object = {}): object {
  const path = MerklePath.fromBinary(chain.merklePathOf(txid)!)
  const index = path.path[0]!.find(({ hash }) => hash === txid)!.offset
  const levels = chain.blockOf(txid)!.txids.length === 1 ? [] : path.path
  const nodes = levels.map((level, depth) => {
    const sibling = level.find(({ offset }) => offset === (Math.floor(index / 2 ** depth) ^ 1))
    return sibling?.hash ?? '*'
  })
  return { index, txOrId: txid, target: chain.blockOf(txid)!.hash, nodes, ...more }
}

/** Serves everything a chain knows, as WhatsOnChain does. */
export function serveChain(server: FakeServer, chain: MockChain): void {
  for (const { header } of chain.blocks) {
    server.on(`GET /block/${header.hash}/header`, json(200, wocHeader(header)))
    server.on(`GET /block/${header.height}/header`, json(200, wocHeader(header)))
  }
  server.on('GET /block/headers', json(200, chain.blocks.map(({ header }) => wocHeader(header)).reverse()))
  for (const txid of chain.blocks.flatMap((block) => block.txids)) {
    server.on(`GET /tx/${txid}/hex`, text(200, Buffer.from(chain.transaction(txid)!.rawTx).toString('hex')))
    server.on(`GET /tx/${txid}/proof/tsc`, json(200, [tscProof(chain, txid)]))
  }
}
