/** What a user's rows are called between stores, in the order they travel. Source: docs/spec/wallet-storage.md §11. */
export const SYNC_ENTITIES = [
  'provenTx',
  'outputBasket',
  'outputTag',
  'txLabel',
  'transaction',
  'output',
  'txLabelMap',
  'outputTagMap',
  'certificate',
  'certificateField',
  'commission',
  'provenTxReq',
] as const

export type SyncEntity = (typeof SYNC_ENTITIES)[number]

/**
 * The row of one entity that changed, by its key: the action for `transaction`, `provenTx` and `provenTxReq`; both ids for a map
 * (label or tag first); the certificate and the name for a field.
 */
export interface ChangedRow {
  readonly key: readonly (number | string)[]
  /** For what belongs to an action and its transaction: when either of them changed last. */
  readonly changedAt: Date
}

export interface ChangedRowsQuery {
  readonly userId: number
  readonly entity: SyncEntity
  /** Rows that changed at or after this. Left out: every row. */
  readonly since?: Date
  readonly limit: number
  readonly offset?: number
}

export interface ArrivalsQuery {
  readonly userId: number
  readonly entity: SyncEntity
  /** Rows that came by sync at or after this. */
  readonly since: Date
}

/** What a store that keeps a copy has to be told. */
export interface SyncReader {
  /**
   * One page of a user's rows of one entity in order of their key, which no change moves to another page. `provenTx` is every confirmed
   * transaction of the user's actions, `provenTxReq` every transaction of hers whose bytes are known.
   */
  listChanged(query: ChangedRowsQuery): Promise<ChangedRow[]>
  /** Keys of `sync_arrivals`, in order of arrival, then of the key. */
  listArrived(query: ArrivalsQuery): Promise<string[]>
}
