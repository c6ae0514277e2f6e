import type { Amount, ReportUser } from '../../report/report-data.js'
import type { CoinSet } from '../verify/coin-set.js'
import type { ExpectedCoins } from '../verify/expected-coins.js'
import type { ReportRows } from './report-rows.js'

const NOTHING: Amount = { coins: 0, satoshis: 0 }

/** Puts each user's coins together: what the legacy rows say, and what our rows hold or must hold. */
export function collectUsers(
  rows: ReportRows,
  coins: ExpectedCoins | undefined,
  actual: { readonly actualSpendable: CoinSet; readonly actualListed: CoinSet } | undefined,
): ReportUser[] {
  const listed = {
    before: perUser(coins?.listed.legacy),
    after: perUser(actual?.actualListed ?? coins?.listed.expected),
  }
  const spendable = {
    before: perUser(coins?.spendable.legacy),
    after: perUser(actual?.actualSpendable ?? coins?.spendable.expected),
  }
  const at = (amounts: ReadonlyMap<number, Amount> | undefined, userId: number): Amount | undefined =>
    amounts && (amounts.get(userId) ?? NOTHING)
  return usersOf(rows).map(({ userId, identityKey }) => ({
    userId,
    identityKey,
    all: {
      before: at(rows.legacyOutputs, userId),
      after: at(rows.ourOutputs ?? rows.legacyOutputs, userId) ?? NOTHING,
    },
    listed: { before: at(listed.before, userId), after: at(listed.after ?? rows.ourListed, userId) ?? NOTHING },
    spendable: {
      before: at(spendable.before, userId),
      after: at(spendable.after ?? rows.ourSpendable, userId) ?? NOTHING,
    },
  }))
}

/** Outputs can name users that are not there; their coins count all the same. */
function usersOf(rows: ReportRows): { userId: number; identityKey: string | null }[] {
  const known = new Map(rows.users.map((user) => [user.userId, user]))
  const named = [...(rows.legacyOutputs?.keys() ?? []), ...(rows.ourOutputs?.keys() ?? [])]
  for (const userId of named) if (!known.has(userId)) known.set(userId, { userId, identityKey: null })
  return [...known.values()].sort((a, b) => a.userId - b.userId)
}

function perUser(set: CoinSet | undefined): ReadonlyMap<number, Amount> | undefined {
  if (set === undefined) return undefined
  const users = new Map<number, Amount>()
  for (const { userId, coins, satoshis } of set.holdings) {
    const sum = users.get(userId) ?? NOTHING
    users.set(userId, { coins: sum.coins + coins, satoshis: sum.satoshis + satoshis })
  }
  return users
}
