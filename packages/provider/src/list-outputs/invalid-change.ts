import { Hash, type ListOutputsResult, type WalletOutput } from '@bsv/sdk'
import { formatOutpoint, type ListedOutput, type StoreReader } from '@txkeep/core'
import { isSpendableStatus } from '@txkeep/fsm'
import { authorize } from '../auth.js'
import { toHex } from '../hex.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import { describeOutputs } from './describe-outputs.js'
import { findOutputFilter } from './output-filter.js'
import type { OutputListRequest } from './output-list-request.js'
import { releaseMissing } from './release-missing.js'

/** A coin the network was asked about, and whether it is unspent there. */
export interface LookedUpCoin {
  readonly row: ListedOutput
  readonly isUnspent: boolean
}

/**
 * The user's change, or with the tag `all` every coin of hers in a basket, that the network calls spent or unknown, all on one page.
 * Only a service that answered counts, and only coins of transactions the network took: an outage, or a transaction that waits to be
 * sent, makes no coin invalid. With the tag `release` coins are withheld from then on, each shown with `spendable` false, once the
 * network said so twice, ten minutes apart. Source: docs/spec/wallet-storage.md §8, D1; lifecycle.md §4.
 *
 * @throws {WERR_INVALID_OPERATION} if there is no network to ask.
 */
export async function listInvalidChange(
  context: ProviderContext,
  auth: AuthId,
  request: OutputListRequest,
): Promise<ListOutputsResult> {
  const coins = await context.store.read((tx) => findCoins(tx, auth, request))
  const answers = await lookUp(context, coins)
  const missing = answers.filter(({ isUnspent }) => !isUnspent).map(({ row }) => row)
  const isRelease = request.tags.includes(RELEASE)
  const released = isRelease ? await releaseMissing(context, auth, answers) : NONE
  const outputs = await context.store.read(async (tx) => {
    await authorize(tx, auth)
    return describeOutputs(tx, missing, request.include)
  })
  return {
    totalOutputs: missing.length,
    outputs: missing.flatMap(({ outputId }, index): WalletOutput[] => {
      const output = outputs[index]
      return output === undefined ? [] : [{ ...output, spendable: !released.has(outputId) }]
    }),
  }
}

const ALL = 'all'
const RELEASE = 'release'
const PAGE_ROWS = 10_000
const LOOKUPS_AT_ONCE = 12
const NONE: ReadonlySet<number> = /* @__PURE__ */ new Set()

interface Coin {
  readonly row: ListedOutput
  readonly script: Uint8Array
}

async function findCoins(tx: StoreReader, auth: AuthId, request: OutputListRequest): Promise<readonly Coin[]> {
  const { userId } = await authorize(tx, auth)
  const isAll = request.tags.includes(ALL)
  const filter = await findOutputFilter(tx, userId, {
    basket: isAll ? undefined : request.basket,
    tags: request.tags.filter((tag) => tag !== ALL && tag !== RELEASE),
    tagMode: request.tagMode,
  })
  if (filter === undefined) return []
  const rows: ListedOutput[] = []
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const page = await tx.outputs.list({ ...filter, limit: PAGE_ROWS, offset })
    rows.push(...page.rows)
    if (page.rows.length < PAGE_ROWS) break
  }
  const candidates = rows.filter(
    ({ basketId, processing }) => basketId !== null && processing !== null && isSpendableStatus(processing),
  )
  const scripts = await lockingScriptsOf(tx, candidates)
  return candidates.flatMap((row) => {
    const script = scripts.get(row.outputId)
    return script === undefined ? [] : [{ row, script }]
  })
}

/** The coins a service answered about, in the same order. */
async function lookUp(context: ProviderContext, coins: readonly Coin[]): Promise<readonly LookedUpCoin[]> {
  if (coins.length === 0) return []
  const network = context.network()
  const answered: LookedUpCoin[] = []
  for (let start = 0; start < coins.length; start += LOOKUPS_AT_ONCE) {
    const answers = await Promise.all(
      coins.slice(start, start + LOOKUPS_AT_ONCE).map(async ({ row, script }): Promise<LookedUpCoin[]> => {
        const scriptHash = toHex(Uint8Array.from(Hash.sha256([...script])))
        const outpoint = formatOutpoint({ txid: row.txid ?? '', vout: row.vout })
        const answer = await network.getUtxoStatus(scriptHash, outpoint).catch(() => undefined)
        return answer?.status === 'success' && typeof answer.isUtxo === 'boolean'
          ? [{ row, isUnspent: answer.isUtxo }]
          : []
      }),
    )
    answered.push(...answers.flat())
  }
  return answered
}
