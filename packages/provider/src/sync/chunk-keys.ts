/** Where a chunk holds the rows of each entity. */
export const CHUNK_KEYS: {
  readonly provenTx: 'provenTxs'
  readonly outputBasket: 'outputBaskets'
  readonly outputTag: 'outputTags'
  readonly txLabel: 'txLabels'
  readonly transaction: 'transactions'
  readonly output: 'outputs'
  readonly txLabelMap: 'txLabelMaps'
  readonly outputTagMap: 'outputTagMaps'
  readonly certificate: 'certificates'
  readonly certificateField: 'certificateFields'
  readonly commission: 'commissions'
  readonly provenTxReq: 'provenTxReqs'
} = {
  provenTx: 'provenTxs',
  outputBasket: 'outputBaskets',
  outputTag: 'outputTags',
  txLabel: 'txLabels',
  transaction: 'transactions',
  output: 'outputs',
  txLabelMap: 'txLabelMaps',
  outputTagMap: 'outputTagMaps',
  certificate: 'certificates',
  certificateField: 'certificateFields',
  commission: 'commissions',
  provenTxReq: 'provenTxReqs',
}
