import { Hash } from '@bsv/sdk'
import { formatOutpoint, type OutputRow, type ProcessingStatus, type Store, type TransactionRow } from '@txkeep/core'
import type { FaultyServices } from '@txkeep/legacy-wallet-maker'
import { TransactionService, broadcastTransactions, lockingScriptsOf, verifyProof } from '@txkeep/lifecycle'
import { mayReleaseInput, type UtxoLookup } from '@txkeep/spendability'
import { toHex } from '../../../src/hex.js'
import { publishedNetwork } from '../../../src/network/published-network.js'
import type { Background } from './session-world.js'

/** A monitor's tasks over a store of ours, each in one go. Source: docs/spec/monitor.md §2. */
export function ourBackground(store: Store, services: FaultyServices): Background {
  const service = new TransactionService({ store })
  const network = publishedNetwork(services)
  const listed = (processing: readonly ProcessingStatus[]): Promise<TransactionRow[]> =>
    store.read((tx) => tx.transactions.listByProcessing({ processing, afterId: 0, limit: 10_000 }))

  async function collectProofs(): Promise<void> {
    const { height, hash } = await services.tracker.findChainTipHeader()
    await service.setChainTip({ height, blockHash: hash })
    for (const { txid, transactionId } of await listed(UNPROVEN)) {
      const { merklePath } = await network.getMerklePath(txid)
      if (merklePath === undefined) await service.recordProofAttempt({ transactionId })
      else await service.recordProof({ transactionId, proof: await verifyProof(merklePath, txid, network) })
    }
    await service.promoteConfirmed()
  }

  async function sendWaiting(): Promise<void> {
    const waiting = await listed(['queued', 'sending'])
    if (waiting.length === 0) return
    const txids = waiting.map(({ txid }) => txid)
    await broadcastTransactions(service, network.providers ?? network, txids)
  }

  async function lookAgain(): Promise<void> {
    for (const { txid, transactionId } of await listed(['unfail'])) {
      const { status, results } = await network.getStatusForTxids([txid])
      if (status !== 'success') continue
      const to = results[0]?.status === 'unknown' ? 'invalid' : 'sent'
      await service.transition({ transactionId, expectedFrom: 'unfail', to })
    }
  }

  async function releaseInputs(): Promise<void> {
    for (const { transactionId, processing } of await listed(['invalid', 'doubleSpend'])) {
      const held = await store.read(async (tx) => {
        const actions = await tx.actions.findByTransactions([transactionId])
        const outputs = await tx.outputs.findSpentBy(actions.map(({ actionId }) => actionId))
        return {
          outputs: outputs.filter(({ withheld }) => withheld === null),
          scripts: await lockingScriptsOf(tx, outputs),
        }
      })
      for (const output of held.outputs) await releaseInput(output, held.scripts.get(output.outputId), processing)
    }
  }

  async function releaseInput(
    output: OutputRow,
    script: Uint8Array | undefined,
    processing: ProcessingStatus,
  ): Promise<void> {
    const own = output.txid === null ? undefined : await service.findByTxid(output.txid)
    const outpoint = formatOutpoint({ txid: output.txid ?? '', vout: output.vout })
    const answer = await network.getUtxoStatus(toHex(Uint8Array.from(Hash.sha256([...(script ?? [])]))), outpoint)
    const lookups = [0, TEN_MINUTES_MS].map((at) => ({ at: new Date(at), answer: wordOf(answer) }))
    const decision = mayReleaseInput({
      holder: { processing, userAborted: false },
      ownProcessing: own?.processing,
      lookups,
    })
    const { outputId, spentByActionId } = output
    if (decision === 'spent-elsewhere') await service.withholdOutput({ outputId, reason: 'spent-elsewhere' })
    if (decision !== 'release' || spentByActionId === null) return
    await store.write(async (tx) => {
      await tx.outputs.releaseSpentBy(spentByActionId, [outputId])
      await tx.outputs.refreshSpendable({ outputIds: [outputId] })
    })
  }

  return {
    collectProofs,
    sendWaiting,
    reorged: async (blockHashes) => {
      for (const hash of blockHashes) await service.reorgBlock(hash)
    },
    review: async () => {
      await lookAgain()
      await releaseInputs()
    },
  }
}

function wordOf({
  status,
  isUtxo,
}: {
  readonly status: string
  readonly isUtxo?: boolean | undefined
}): UtxoLookup['answer'] {
  if (status !== 'success' || isUtxo === undefined) return 'unknown'
  return isUtxo ? 'unspent' : 'spent'
}

const TEN_MINUTES_MS = 10 * 60_000

/** Whatever the network may have mined, dead or alive. */
const UNPROVEN: readonly ProcessingStatus[] = [
  'queued',
  'sending',
  'sent',
  'seen',
  'seen_multi',
  'reorging',
  'nosend',
  'invalid',
  'doubleSpend',
  'unfail',
]
