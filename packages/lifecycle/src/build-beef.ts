import { wholeBeef, wholeMerklePath, type StoreReader, type TransactionRow } from '@txkeep/core'
import { Beef, MerklePath, Transaction } from '@bsv/sdk'
import { parseStoredTransaction } from './raw-transaction.js'
import { isKnownValid } from './status-groups.js'

export interface BeefOptions {
  /** Txids the receiver has already: they go in as a txid only. */
  readonly knownTxids?: readonly string[]
  /** The receiver trusts this store: what it holds as proven or under way goes in as a txid only. Default false. */
  readonly trustSelf?: boolean
  /** How many generations go in unproven, even if they have a proof: 1 is the transaction itself. Default 0. */
  readonly minProofLevel?: number
  /** Txids whose stored proof must not be used, e.g. because no block has its root any more. */
  readonly withoutProofOf?: ReadonlySet<string>
  /** Where to look for what is not stored, e.g. what a service knows of it. */
  readonly elsewhere?: Beef
}

export interface BuiltBeef {
  readonly beef: Beef
  /** Asked-for txids, each with the first thing that is missing to prove it. Empty when the BEEF is complete. */
  readonly incomplete: ReadonlyMap<string, string>
  /** Every txid that is missing, of whichever it is an ancestor. */
  readonly missing: readonly string[]
}

/**
 * One BEEF with these transactions and their ancestry back to proofs, out of what is stored: raw transactions, merkle
 * paths, and the BEEF that came with their inputs. Asks no service, so that it can run inside a unit of work.
 */
export async function buildBeef(
  tx: Pick<StoreReader, 'transactions'>,
  txids: readonly string[],
  options: BeefOptions = {},
): Promise<BuiltBeef> {
  const { knownTxids = [], trustSelf = false, minProofLevel = 0, withoutProofOf, elsewhere } = options
  const beef = new Beef()
  const known = new Set(knownTxids)
  const parents = new Map<string, readonly string[]>()
  const missing = new Set<string>()
  let generation: readonly string[] = [...new Set(txids)]
  for (let level = 0; generation.length > 0; level++) {
    const rows = new Map((await tx.transactions.findByTxids(generation)).map((row) => [row.txid, row]))
    const next = new Set<string>()
    for (const txid of generation) {
      const row = rows.get(txid)
      const isKnown = known.has(txid) || (trustSelf && row !== undefined && isKnownValid(row))
      const useProof = level >= minProofLevel && withoutProofOf?.has(txid) !== true
      const inputs = isKnown ? mergeKnown(beef, txid) : mergeStored(beef, txid, row, { useProof, elsewhere, missing })
      parents.set(txid, inputs)
      for (const input of inputs) if (!parents.has(input)) next.add(input)
    }
    generation = [...next]
  }
  return { beef, incomplete: findIncomplete(txids, parents, missing), missing: [...missing] }
}

function mergeKnown(beef: Beef, txid: string): readonly string[] {
  beef.mergeTxidOnly(txid)
  return []
}

interface Sources {
  readonly useProof: boolean
  readonly elsewhere: Beef | undefined
  /** Txids that are nowhere; added to. */
  readonly missing: Set<string>
}

/** The txids of the inputs that still have to be proven. */
function mergeStored(beef: Beef, txid: string, row: TransactionRow | undefined, sources: Sources): readonly string[] {
  const rawTx = row?.rawTx ?? null
  const parsed = parseStoredTransaction(rawTx)
  if (row === undefined || rawTx === null || parsed === undefined) return mergeFromBeef(beef, txid, sources)
  // Not mergeRawTx: SDK 2.1.0 derives the txid of raw bytes that are proven with its bytes reversed.
  const transaction = Transaction.fromBinary(rawTx)
  const bump = row.merklePath === null || !sources.useProof ? undefined : readPath(row.merklePath)
  if (bump !== undefined) {
    transaction.merklePath = bump
    beef.mergeTransaction(transaction)
    return []
  }
  mergeInputBeef(beef, row.inputBeef)
  beef.mergeTransaction(transaction)
  return [...new Set(parsed.inputs.map((input) => input.txid))]
}

/** A transaction that is not stored itself may have come in the BEEF of one that is, or be known elsewhere. */
function mergeFromBeef(beef: Beef, txid: string, { elsewhere, missing }: Sources): readonly string[] {
  const merged = beef.findTxid(txid)
  if (merged !== undefined && !merged.isTxidOnly) return merged.hasProof ? [] : [...new Set(merged.inputTxids)]
  const rawTx = elsewhere?.findTxid(txid)?.rawTxUint8Array
  if (rawTx === undefined) {
    missing.add(txid)
    return []
  }
  const transaction = Transaction.fromBinary(rawTx)
  const bump = elsewhere?.findBump(txid)
  if (bump !== undefined) transaction.merklePath = bump
  const found = beef.mergeTransaction(transaction)
  return found.hasProof ? [] : [...new Set(found.inputTxids)]
}

function mergeInputBeef(beef: Beef, inputBeef: Uint8Array | null): void {
  if (inputBeef === null || inputBeef.length === 0) return
  try {
    beef.mergeBeef(wholeBeef(inputBeef))
  } catch {
    // Broken bytes prove nothing. What they were to prove is looked up, and reported if it is not there.
  }
}

function readPath(merklePath: Uint8Array): MerklePath | undefined {
  try {
    return MerklePath.fromBinary(wholeMerklePath(merklePath))
  } catch {
    return undefined
  }
}

function findIncomplete(
  txids: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  missing: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const incomplete = new Map<string, string>()
  if (missing.size === 0) return incomplete
  for (const txid of txids) {
    const hole = firstHole(txid, parents, missing)
    if (hole !== undefined) incomplete.set(txid, hole)
  }
  return incomplete
}

function firstHole(
  txid: string,
  parents: ReadonlyMap<string, readonly string[]>,
  missing: ReadonlySet<string>,
): string | undefined {
  const visited = new Set<string>()
  const stack = [txid]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (visited.has(at)) continue
    visited.add(at)
    if (missing.has(at)) return at
    stack.push(...(parents.get(at) ?? []))
  }
  return undefined
}
