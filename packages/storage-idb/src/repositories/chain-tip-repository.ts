import type { ChainTipRow, ChainTipWriter } from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import type { UnitOfWork } from '../unit-of-work.js'

/** The only key. */
const ID = 1

export class IdbChainTipRepository implements ChainTipWriter {
  readonly #unit: UnitOfWork
  readonly #chainTip: RecordTable<ChainTipRow & { readonly id: number }>

  constructor(unit: UnitOfWork, chainTip: RecordTable<ChainTipRow & { readonly id: number }>) {
    this.#unit = unit
    this.#chainTip = chainTip
  }

  async get(): Promise<ChainTipRow | undefined> {
    const stored = await this.#chainTip.get(ID)
    if (stored === undefined) return undefined
    const { height, blockHash, merkleRoot, observedAt } = stored
    return { height, blockHash, merkleRoot, observedAt }
  }

  async set(tip: Omit<ChainTipRow, 'observedAt'> & Partial<Pick<ChainTipRow, 'observedAt'>>): Promise<void> {
    await this.#chainTip.put({ observedAt: this.#unit.now(), ...tip, id: ID })
  }
}
