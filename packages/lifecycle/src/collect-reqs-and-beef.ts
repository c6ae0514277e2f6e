import type { StoreReader, TransactionRow } from '@txkeep/core'
import { buildBeef, type BeefOptions } from './build-beef.js'

/** What can be done about each txid, and one BEEF with everything that is ready. */
export interface CollectedReqs {
  /** Not accepted yet, bytes and ancestry complete: post these. In order of the request. */
  readonly readyToSend: readonly TransactionRow[]
  /** The network has them. */
  readonly alreadySent: readonly TransactionRow[]
  /** Cannot be sent as they are. */
  readonly error: readonly UnsendableTransaction[]
  /** Not stored. */
  readonly unknown: readonly string[]
  /** BEEF bytes of `readyToSend` with their ancestry; undefined when nothing is ready. */
  readonly beef: Uint8Array | undefined
}

export interface UnsendableTransaction {
  readonly transaction: TransactionRow
  readonly why: string
  /** The ancestor to store before it can be sent, if that is all. */
  readonly missing?: string
}

/** These txids, classified for broadcasting, and one BEEF of those that are ready. Source: docs/spec/lifecycle.md §9. */
export async function collectReqsAndBeef(
  tx: Pick<StoreReader, 'transactions'>,
  txids: readonly string[],
  options?: BeefOptions,
): Promise<CollectedReqs> {
  const asked = [...new Set(txids)]
  const stored = new Map((await tx.transactions.findByTxids(asked)).map((row) => [row.txid, row]))
  const alreadySent: TransactionRow[] = []
  const candidates: TransactionRow[] = []
  const error: UnsendableTransaction[] = []
  for (const txid of asked) {
    const row = stored.get(txid)
    if (row === undefined) continue
    const fate = fateOf(row)
    if (fate === 'alreadySent') alreadySent.push(row)
    else if (fate !== 'candidate') error.push({ transaction: row, why: fate.why })
    else candidates.push(row)
  }
  const { beef, incomplete } = await buildBeef(tx, candidates.map(txidOf), options)
  const readyToSend = candidates.filter((row) => !incomplete.has(row.txid))
  for (const transaction of candidates) {
    const hole = incomplete.get(transaction.txid)
    if (hole === undefined) continue
    error.push({ transaction, why: `its ancestor ${hole} is not stored`, missing: hole })
  }
  // What cannot be proven would spoil the BEEF of the others.
  const complete = incomplete.size === 0 ? beef : (await buildBeef(tx, readyToSend.map(txidOf), options)).beef
  return {
    readyToSend,
    alreadySent,
    error,
    unknown: asked.filter((txid) => !stored.has(txid)),
    beef: readyToSend.length === 0 ? undefined : complete.toUint8Array(),
  }
}

function fateOf({ processing, rawTx }: TransactionRow): 'alreadySent' | 'candidate' | { readonly why: string } {
  switch (processing) {
    case 'sent':
    case 'seen':
    case 'seen_multi':
    case 'unconfirmed':
    case 'confirmed':
    case 'reorging':
      return 'alreadySent'
    case 'queued':
    case 'sending':
    case 'nosend':
      return rawTx === null ? { why: 'its raw transaction is not stored' } : 'candidate'
    case 'nonfinal':
    case 'frozen':
    case 'unfail':
    case 'invalid':
    case 'doubleSpend':
      return { why: `it is ${processing}` }
  }
}

function txidOf({ txid }: TransactionRow): string {
  return txid
}
