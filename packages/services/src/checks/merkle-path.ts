import { MerklePath, Utils } from '@bsv/sdk'
import { wholeMerklePath } from '@txkeep/core'
import { isHash, naturalOf, type JsonObject } from '../http/json.js'

/** A merkle path that holds its txid and leads somewhere; whether that is a block's root only headers can say. */
export interface ReadPath {
  /** BUMP bytes. */
  readonly merklePath: Uint8Array
  readonly height: number
  readonly merkleRoot: string
}

/** The path that hex, bytes or an object of the SDK's shape hold, or undefined unless it leads from `txid` to a root. */
export function readMerklePath(given: unknown, txid: string): ReadPath | undefined {
  try {
    const path = parse(given)
    if (path.path[0]?.some(({ hash }) => hash === txid) !== true) return undefined
    const merkleRoot = path.computeRoot(txid)
    return { merklePath: path.toBinaryUint8Array(), height: path.blockHeight, merkleRoot }
  } catch {
    return undefined
  }
}

/** A toolbox may bring its own copy of the SDK, so its objects are read by their bytes. */
function parse(given: unknown): MerklePath {
  if (typeof given === 'string') return MerklePath.fromBinary(wholeMerklePath(Utils.toArray(given, 'hex')))
  if (given instanceof Uint8Array) return MerklePath.fromBinary(wholeMerklePath(given))
  return MerklePath.fromBinary((given as { toBinary(): number[] }).toBinary())
}

/** The deepest tree that is read: 2^64 transactions are in no block. */
const MAX_LEVELS = 64

/**
 * The path of a TSC proof (`{ index, txOrId, nodes }`, nodes from the leaf up, `*` where the sibling is the node itself) in a
 * block of this height, or undefined if it is none for `txid`.
 */
export function readTscProof(proof: JsonObject, txid: string, height: number): ReadPath | undefined {
  const { index, txOrId, nodes } = proof
  const leaf = naturalOf(index)
  if (leaf === undefined || txOrId !== txid || !Array.isArray(nodes) || nodes.length > MAX_LEVELS) return undefined
  if (!nodes.every((node) => node === '*' || isHash(node))) return undefined
  if (leaf >= 2 ** nodes.length) return undefined
  const levels = (nodes as string[]).map((node, level) => {
    const offset = siblingOf(Math.floor(leaf / 2 ** level))
    return [node === '*' ? { offset, duplicate: true } : { offset, hash: node.toLowerCase() }]
  })
  const lowest = [...(levels[0] ?? []), { offset: leaf, hash: txid, txid: true }]
  const path = [lowest.sort((a, b) => a.offset - b.offset), ...levels.slice(1)]
  try {
    return readMerklePath(new MerklePath(height, path).toBinaryUint8Array(), txid)
  } catch {
    return undefined
  }
}

function siblingOf(offset: number): number {
  return offset % 2 === 0 ? offset + 1 : offset - 1
}
