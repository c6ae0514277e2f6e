import { provenLeaf } from './merkle-path.js'

/** What a legacy row says of a proof, as it is stored; the txid in lower case. */
export interface StoredProof {
  readonly txid: string
  readonly merklePath: unknown
  readonly merkleRoot: unknown
  readonly height: unknown
}

/**
 * The leaf index a stored proof proves for its txid; undefined when it proves nothing. A row that names another block than its path
 * proves nothing: its height would become the tip, and coins too old.
 */
export async function leafOf({ txid, merklePath, merkleRoot, height }: StoredProof): Promise<number | undefined> {
  if (!(merklePath instanceof Uint8Array) || typeof merkleRoot !== 'string') return undefined
  const leaf = await provenLeaf(merklePath, txid, merkleRoot)
  return leaf?.blockHeight === height ? leaf?.merkleIndex : undefined
}
