import type { ChainTipRow, ChainTipWriter } from '@txkeep/core'

import { chainTipRows } from '../rows/operation-rows.js'
import { selectRows } from '../statements/select-rows.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { decodeOne } from './decode.js'

export class KnexChainTipRepository implements ChainTipWriter {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  async get(): Promise<ChainTipRow | undefined> {
    return decodeOne(chainTipRows, await this.#unit.row(selectRows(this.#unit.db, chainTipRows)))
  }

  async set(tip: Omit<ChainTipRow, 'observedAt'> & Partial<Pick<ChainTipRow, 'observedAt'>>): Promise<void> {
    const columns = chainTipRows.encode({ observedAt: this.#unit.now(), ...tip })
    await this.#unit.change(
      this.#unit.db
        .knex('chain_tip')
        .insert({ id: 1, ...columns })
        .onConflict('id')
        .merge(columns),
    )
  }
}
