import {
  CorruptDataError,
  type ArrivalsQuery,
  type ChangedRow,
  type ChangedRowsQuery,
  type SyncReader,
} from '@txkeep/core'

import type { DatabaseRow } from '../dialect/sql-value.js'
import { timestamp } from '../rows/field.js'
import { listArrivals, listChangedRows } from '../statements/list-changed-rows.js'
import type { UnitOfWork } from '../unit-of-work.js'

export class KnexSyncRepository implements SyncReader {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  async listChanged(query: ChangedRowsQuery): Promise<ChangedRow[]> {
    const rows = await this.#unit.rows(listChangedRows(this.#unit.db, query))
    return rows.map((row) => decodeChanged(query.entity, row))
  }

  async listArrived(query: ArrivalsQuery): Promise<string[]> {
    const rows = await this.#unit.rows(listArrivals(this.#unit.db, query))
    return rows.map(({ key }) => String(key))
  }
}

const changedAtField = timestamp('changed_at')

function decodeChanged(entity: string, { changed_at, key0, key1 }: DatabaseRow): ChangedRow {
  const changedAt = changedAtField.decode(changed_at)
  const key = [key0, key1].filter(
    (part): part is number | string => typeof part === 'number' || typeof part === 'string',
  )
  if (changedAt !== undefined) return { key, changedAt }
  throw new CorruptDataError(
    `The ${entity} ${key.join(', ')} has an updated_at that is no moment. Restore the row from a backup, or correct it by hand.`,
  )
}
