import type { Store, TransactionRow } from '@txkeep/core'
import { broadcastTransactions, TransactionService, verifyProof } from '@txkeep/lifecycle'
import type { FaultyServices } from '@txkeep/legacy-wallet-maker'
import { publishedNetwork } from '../../src/network/published-network.js'

/**
 * Does a monitor's work beside the wallets: sends what waits, mines a block and records the proofs, again and again until `end` is
 * called, which runs a last round.
 */
export function keepMoving(store: Store, services: FaultyServices): { end(): Promise<void> } {
  const service = new TransactionService({ store })
  let isEnding = false
  const running = (async () => {
    while (!isEnding) {
      await moveOnce(store, service, services)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
    await moveOnce(store, service, services)
  })()
  // Whoever ends it hears of it.
  running.catch(() => undefined)
  return {
    end: () => {
      isEnding = true
      return running
    },
  }
}

const PAUSE_MS = 200

async function moveOnce(store: Store, service: TransactionService, services: FaultyServices): Promise<void> {
  const network = publishedNetwork(services)
  const queued = await inStatus(store, 'queued')
  await broadcastTransactions(
    service,
    network,
    queued.map(({ txid }) => txid),
  )
  await services.mineBlock()
  await service.setChainTip({ height: await services.getHeight() })
  for (const { txid, transactionId } of await inStatus(store, 'sent')) {
    const { merklePath } = await network.getMerklePath(txid)
    if (merklePath === undefined) continue
    await service.recordProof({ transactionId, proof: await verifyProof(merklePath, txid, network) })
  }
}

function inStatus(store: Store, processing: TransactionRow['processing']): Promise<TransactionRow[]> {
  return store.read((tx) => tx.transactions.listByProcessing({ processing: [processing], limit: 10_000 }))
}
