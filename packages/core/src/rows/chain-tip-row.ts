/** The best block this store knows of. */
export interface ChainTipRow {
  readonly height: number
  readonly blockHash: string | null
  readonly merkleRoot: string | null
  readonly observedAt: Date
}
