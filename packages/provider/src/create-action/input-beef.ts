import { Beef, type Validation } from '@bsv/sdk'
import { wholeBeef, type StoreReader } from '@txkeep/core'
import { isKnownValid } from '@txkeep/lifecycle'
import { authorize } from '../auth.js'
import { verifyAncestry } from '../beef/verify-ancestry.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/**
 * What the BEEF that came with an action's own inputs has to prove them, once it is known to. Asks the network about block headers, so it
 * runs before the unit of work. Source: docs/spec/wallet-storage.md §3.1.
 *
 * @throws {WERR_INVALID_PARAMETER} if an input's transaction is not in it, or it does not verify.
 */
export async function verifyInputBeef(
  context: ProviderContext,
  auth: AuthId,
  vargs: Validation.ValidCreateActionArgs,
): Promise<Beef> {
  const beef = readBeef(vargs)
  if (vargs.inputs.length === 0) return beef
  const trustsSelf = vargs.options.trustSelf === 'known'
  const inputTxids = new Set(vargs.inputs.map((input) => input.outpoint.txid))
  const txidOnly = beef.txs.filter((tx) => tx.isTxidOnly).map((tx) => tx.txid)
  const absent = [...inputTxids].filter((txid) => beef.findTxid(txid) === undefined)
  const askedFor = [...txidOnly.filter((txid) => !inputTxids.has(txid)), ...absent]
  const known = trustsSelf ? await findKnownValid(context, auth, askedFor) : new Set<string>()
  for (const txid of trustsSelf ? askedFor : [...txidOnly, ...absent]) {
    if (!known.has(txid)) {
      throw invalid(`a BEEF with the transaction ${txid} in full: this wallet cannot vouch for it`)
    }
  }
  const isKnown = (txid: string): boolean => known.has(txid) || (trustsSelf && inputTxids.has(txid))
  return (await verifyAncestry('inputBEEF', beef, [...inputTxids], context.network(), isKnown)).beef
}

function readBeef({ inputBEEF, inputs }: Validation.ValidCreateActionArgs): Beef {
  const beef = new Beef()
  if (inputs.length === 0 || inputBEEF === undefined) return beef
  try {
    beef.mergeBeef(wholeBeef(inputBEEF))
    return beef
  } catch (error) {
    throw new WERR_INVALID_PARAMETER('inputBEEF', 'a BEEF', { cause: error })
  }
}

/** Txids this store knows as proven or under way: nobody has to prove them to it. */
async function findKnownValid(
  context: ProviderContext,
  auth: AuthId,
  txids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (txids.length === 0) return new Set()
  const rows = await context.store.read(async (tx: StoreReader) => {
    await authorize(tx, auth)
    return tx.transactions.findByTxids([...new Set(txids)])
  })
  return new Set(rows.filter(isKnownValid).map(({ txid }) => txid))
}

function invalid(mustBe: string): WERR_INVALID_PARAMETER {
  return new WERR_INVALID_PARAMETER('inputBEEF', mustBe)
}
