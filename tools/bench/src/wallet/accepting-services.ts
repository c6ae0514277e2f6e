import type { Beef, ChainTracker } from '@bsv/sdk'
import { FaultyServices } from '@txkeep/legacy-wallet-maker'
import type { Knex } from 'knex'

type Statuses = Awaited<ReturnType<FaultyServices['getStatusForTxids']>>
type PostBeefResults = Awaited<ReturnType<FaultyServices['postBeef']>>

/**
 * A network that costs next to nothing, the same for both storages: it accepts what it is given without looking, and has the roots
 * of its blocks in memory. What is measured is storage.
 */
export class AcceptingServices extends FaultyServices {
  readonly #roots: ReadonlyMap<number, string>
  readonly #height: number
  readonly #posted: Set<string> = new Set()

  private constructor(chain: Knex, roots: ReadonlyMap<number, string>) {
    super(chain)
    this.#roots = roots
    this.#height = Math.max(...roots.keys())
  }

  /** Over the mock chain of a legacy wallet as it is now: blocks that are mined later do not exist for it. */
  static async over(chain: Knex): Promise<AcceptingServices> {
    const headers: { height: number; merkleRoot: string }[] = await chain('mockchain_block_headers').select(
      'height',
      'merkleRoot',
    )
    return new AcceptingServices(chain, new Map(headers.map(({ height, merkleRoot }) => [height, merkleRoot])))
  }

  override async postBeef(_beef: Beef, txids: string[]): Promise<PostBeefResults> {
    for (const txid of txids) this.#posted.add(txid)
    const txidResults = txids.map((txid) => ({ txid, status: 'success' as const }))
    return [{ name: 'AcceptingServices', status: 'success', txidResults }]
  }

  override async getStatusForTxids(txids: string[]): Promise<Statuses> {
    const results = txids.map((txid) => {
      const isPosted = this.#posted.has(txid)
      return { txid, depth: isPosted ? 0 : undefined, status: isPosted ? ('known' as const) : ('unknown' as const) }
    })
    return { name: 'AcceptingServices', status: 'success', results }
  }

  override async getHeight(): Promise<number> {
    return this.#height
  }

  override async getChainTracker(): Promise<ChainTracker> {
    return {
      currentHeight: async () => this.#height,
      isValidRootForHeight: async (root, height) => this.#roots.get(height) === root,
    }
  }
}
