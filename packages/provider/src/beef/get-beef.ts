import { Beef } from '@bsv/sdk'
import type { BeefOptions } from '@txkeep/lifecycle'
import { WERR_INVALID_OPERATION, WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import { MAX_FETCHED_GENERATIONS, fetchAncestors } from './fetch-ancestors.js'

export interface GetBeefOptions extends Omit<BeefOptions, 'elsewhere'> {
  /** Only what is stored. Default false. */
  readonly ignoreServices?: boolean
  /** Proofs that services give are not stored. Default false. */
  readonly ignoreNewProven?: boolean
  /**
   * Asks whether the chain still has the root of each proof that is used. One it does not have is an error (`refuse`), or its
   * transaction is proven by its inputs instead (`skip`). Left out: stored proofs are taken as they are.
   */
  readonly invalidProofs?: 'refuse' | 'skip'
}

/**
 * One BEEF that proves these transactions, out of what is stored and, where that ends, of what the network knows. Asks the network
 * outside any database transaction. Source: docs/spec/wallet-storage.md §10, D41.
 *
 * @throws {WERR_INVALID_PARAMETER} if one of them, or an ancestor, is nowhere; or if a proof is refused.
 * @throws {WERR_INVALID_OPERATION} if the ancestry is unproven for too many generations.
 */
export async function getBeef(
  context: Pick<ProviderContext, 'service' | 'network' | 'networkIfAny'>,
  txids: readonly string[],
  { ignoreServices = false, ignoreNewProven = false, invalidProofs, ...options }: GetBeefOptions = {},
): Promise<Beef> {
  const elsewhere = new Beef()
  const withoutProofOf = new Set(options.withoutProofOf)
  for (let generation = 0; ;) {
    const { beef, missing } = await context.service.mergeBeefForTxids(txids, { ...options, withoutProofOf, elsewhere })
    if (missing.length > 0) {
      if (generation++ === MAX_FETCHED_GENERATIONS) {
        const depth = `${MAX_FETCHED_GENERATIONS} generations of its ancestors are unproven`
        throw new WERR_INVALID_OPERATION(
          `There is no BEEF of ${txids.join(', ')}: ${depth}. Try again once they are mined.`,
        )
      }
      const absent = ignoreServices
        ? missing
        : await fetchAncestors(context, missing, elsewhere, { store: !ignoreNewProven })
      if (absent.length === 0) continue
      const where = ignoreServices ? 'is stored' : 'is stored or known to the network'
      throw new WERR_INVALID_PARAMETER('txid', `of a transaction that ${where} with its ancestors. ${absent[0]} is not`)
    }
    const invalid = invalidProofs === undefined ? [] : await findInvalidProofs(context, beef)
    if (invalid.length === 0) return beef
    if (invalidProofs === 'refuse') {
      throw new WERR_INVALID_PARAMETER(
        'txid',
        `of a transaction whose proofs hold. The chain lost the block of ${invalid[0]}`,
      )
    }
    for (const txid of invalid) withoutProofOf.add(txid)
  }
}

async function findInvalidProofs(context: Pick<ProviderContext, 'network'>, beef: Beef): Promise<readonly string[]> {
  const network = context.network()
  const valid = new Map<string, boolean>()
  const invalid: string[] = []
  for (const { txid, bumpIndex } of beef.txs) {
    const path = bumpIndex === undefined ? undefined : beef.bumps[bumpIndex]
    if (path === undefined) continue
    const root = path.computeRoot(txid)
    const key = `${path.blockHeight} ${root}`
    const isValid = valid.get(key) ?? (await network.isValidRootForHeight(root, path.blockHeight))
    valid.set(key, isValid)
    if (!isValid) invalid.push(txid)
  }
  return invalid
}
