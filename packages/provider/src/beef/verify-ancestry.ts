import { Beef, MerklePath, Transaction } from '@bsv/sdk'
import { InvalidParameterError, InvalidProofError, type BlockHeader } from '@txkeep/core'
import { checkRawTransaction, verifyProof, type ProofHeaders, type VerifiedProof } from '@txkeep/lifecycle'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'

/** Transactions from outside that are proven now, each by its own merkle path or by its inputs. */
export interface VerifiedAncestry {
  /** What was asked for and what it takes to prove it; whatever else came along is left out. */
  readonly beef: Beef
  /** By txid, of every transaction that came with a merkle path. */
  readonly proofs: ReadonlyMap<string, VerifiedProof>
}

/**
 * These transactions of a BEEF from outside with all it takes to prove them, once every way down ends at a merkle path whose root
 * a block has, or at a txid this wallet vouches for. Asks the network for block headers: call it outside any database transaction.
 *
 * `Beef.verify` of SDK 2.1.0 is not enough: it computes the roots of those leaves only that are marked as txids, so that a made-up
 * path without a mark proves anything.
 *
 * @param parameter what the caller calls these bytes.
 * @param isKnown whether a txid without bytes will do.
 * @throws {WERR_INVALID_PARAMETER} if something is missing, or is not what it says it is.
 * @throws whatever `headers` throws: then nothing is known about them.
 */
export async function verifyAncestry(
  parameter: string,
  given: Beef,
  txids: readonly string[],
  headers: ProofHeaders,
  isKnown: (txid: string) => boolean = () => false,
): Promise<VerifiedAncestry> {
  const beef = new Beef()
  const proofs = new Map<string, VerifiedProof>()
  const asked = rememberedHeaders(headers)
  const visited = new Set<string>()
  const stack = [...txids]
  for (let txid = stack.pop(); txid !== undefined; txid = stack.pop()) {
    if (visited.has(txid)) continue
    visited.add(txid)
    const entry = given.findTxid(txid)
    const rawTx = entry?.rawTxUint8Array
    if (entry === undefined || rawTx === undefined) {
      if (!isKnown(txid)) {
        throw new WERR_INVALID_PARAMETER(parameter, `a BEEF with the transaction ${txid} in full`)
      }
      beef.mergeTxidOnly(txid)
      continue
    }
    const raw = asParameter(parameter, () => checkRawTransaction(rawTx, txid))
    const transaction = Transaction.fromBinary(rawTx)
    const path = entry.bumpIndex === undefined ? given.findBump(txid) : given.bumps[entry.bumpIndex]
    if (path !== undefined) {
      const proof = await asParameterLater(parameter, () => verifyProof(path, txid, asked))
      proofs.set(txid, proof)
      transaction.merklePath = MerklePath.fromBinary(proof.merklePath)
    } else if (raw.isCoinbase || entry.hasProof) {
      throw new WERR_INVALID_PARAMETER(parameter, `a BEEF with the merkle path of ${txid}`)
    } else {
      stack.push(...raw.inputs.map((input) => input.txid))
    }
    beef.mergeTransaction(transaction)
  }
  return { beef, proofs }
}

/** Many transactions of one block ask for one header. */
function rememberedHeaders(headers: ProofHeaders): ProofHeaders {
  const roots = new Map<string, Promise<boolean>>()
  const found = new Map<number, Promise<BlockHeader | undefined>>()
  return {
    isValidRootForHeight: (root, height) => {
      const key = `${height} ${root}`
      const known = roots.get(key) ?? headers.isValidRootForHeight(root, height)
      roots.set(key, known)
      return known
    },
    findHeaderForHeight: (height) => {
      const known = found.get(height) ?? Promise.resolve(headers.findHeaderForHeight?.(height))
      found.set(height, known)
      return known
    },
  }
}

function asParameter<T>(parameter: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw refused(parameter, error)
  }
}

async function asParameterLater<T>(parameter: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw refused(parameter, error)
  }
}

/** What is wrong with the bytes is the caller's error; that nobody answers is not. */
function refused(parameter: string, error: unknown): unknown {
  if (!(error instanceof InvalidProofError) && !(error instanceof InvalidParameterError)) return error
  return new WERR_INVALID_PARAMETER(parameter, `a BEEF that proves its transactions. ${error.message}`, {
    cause: error,
  })
}
