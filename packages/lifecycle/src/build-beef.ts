import type { StoreReader, TransactionRow } from '@txkeep/core'
import { Beef, MerklePath, Transaction } from '@bsv/sdk'
import { parseStoredTransaction } from './raw-transaction.js'

export interface BeefOptions {
  /** Txids the receiver has already: they go in as a txid only. */
  readonly knownTxids?: readonly string[]
}

export interface BuiltBeef {
  readonly beef: Beef
  /** Asked-for txids, each with the first thing that is missing to prove it. Empty when the BEEF is complete. */
  readonly incomplete: ReadonlyMap<string, string>
}

/**
 * One BEEF with these transactions and their ancestry back to proofs, out of what is stored: raw transactions, merkle
 * paths, and the BEEF that came with their inputs. Asks no service, so that it can run inside a unit of work.
 */
export async function buildBeef(
  tx: Pick<StoreReader, 'transactions'>,
  txids: readonly string[],
  { knownTxids = [] }: BeefOptions = {},
): Promise<BuiltBeef> {
  const beef = new Beef()
  const known = new Set(knownTxids)
  const parents = new Map<string, readonly string[]>()
  const missing = new Map<string, string>()
  let generation: readonly string[] = [...new Set(txids)]
  while (generation.length > 0) {
    const rows = new Map((await tx.transactions.findByTxids(generation)).map((row) => [row.txid, row]))
    const next = new Set<string>()
    for (const txid of generation) {
      const inputs = known.has(txid) ? mergeKnown(beef, txid) : mergeStored(beef, txid, rows.get(txid), missing)
      parents.set(txid, inputs)
      for (const input of inputs) if (!parents.has(input)) next.add(input)
    }
    generation = [...next]
  }
  return { beef, incomplete: findIncomplete(txids, parents, missing) }
}

function mergeKnown(beef: Beef, txid: string): readonly string[] {
  beef.mergeTxidOnly(txid)
  return []
}

/** The txids of the inputs that still have to be proven. */
function mergeStored(
  beef: Beef,
  txid: string,
  row: TransactionRow | undefined,
  missing: Map<string, string>,
): readonly string[] {
  const rawTx = row?.rawTx ?? null
  const parsed = parseStoredTransaction(rawTx)
  if (row === undefined || rawTx === null || parsed === undefined) return mergeFromBeef(beef, txid, missing)
  // Not mergeRawTx: SDK 2.1.0 derives the txid of raw bytes that are proven with its bytes reversed.
  const transaction = Transaction.fromBinary(rawTx)
  const bump = row.merklePath === null ? undefined : readPath(row.merklePath)
  if (bump !== undefined) {
    transaction.merklePath = bump
    beef.mergeTransaction(transaction)
    return []
  }
  mergeInputBeef(beef, row.inputBeef)
  beef.mergeTransaction(transaction)
  return [...new Set(parsed.inputs.map((input) => input.txid))]
}

/** A transaction that is not stored itself may have come in the BEEF of one that is. */
function mergeFromBeef(beef: Beef, txid: string, missing: Map<string, string>): readonly string[] {
  const found = beef.findTxid(txid)
  if (found === undefined || found.isTxidOnly) {
    missing.set(txid, txid)
    return []
  }
  return found.hasProof ? [] : [...new Set(found.inputTxids)]
}

function mergeInputBeef(beef: Beef, inputBeef: Uint8Array | null): void {
  if (inputBeef === null || inputBeef.length === 0) return
  try {
    beef.mergeBeef(inputBeef)
  } catch {
    // Broken bytes prove nothing. What they were to prove is looked up, and reported if it is not there.
  }
}

function readPath(merklePath: Uint8Array): MerklePath | undefined {
  try {
    return MerklePath.fromBinary(merklePath)
  } catch {
    return undefined
  }
}

function findIncomplete(
  txids: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  missing: ReadonlyMap<string, string>,
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
  missing: ReadonlyMap<string, string>,
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
