import { ACTION_KINDS, ACTIONS, type ActionKind, type ActionMix, DEFAULT_MIX } from './actions/action-kinds.js'
import type { ActionContext } from './actions/action-context.js'
import { fund, receiveCoinbase } from './actions/receiving.js'
import { sendLater, sendNow } from './actions/sending.js'
import { mintTokens } from './actions/tokens.js'
import { Faucet } from './faucet.js'
import { forceStatuses } from './force-statuses.js'
import { legacyMonitor } from './legacy-monitor.js'
import { EVERY_PAIR, UNREACHABLE_PAIRS } from './legacy-statuses.js'
import {
  type LegacyCommission,
  MEMORY,
  openChain,
  openLegacyStore,
  removeDatabases,
  storageIdentityKey,
} from './legacy-store.js'
import { type LegacyUser, openLegacyUser } from './legacy-user.js'
import { type SeededRandom, seededKeyHex, seededRandom } from './seeded-random.js'
import { type LegacySummary, summarize } from './summarize.js'

export interface MakeLegacyWalletOptions {
  /** The database to make. Whatever is there is replaced. */
  file: string
  /** The mock chain to make beside it; `<file>.chain` unless told. */
  chainFile?: string
  /** At least 1. With one user nobody pays a neighbour. Default 2. */
  users?: number
  /** Roughly how many actions to do, beside funding and forced statuses; each kind of the mix happens at least once. Default 100. */
  actions?: number
  seed: number
  /** Weights that differ from `DEFAULT_MIX`. */
  mix?: Partial<ActionMix>
  /** What the store takes from every action; none unless told. */
  commission?: LegacyCommission
  /**
   * Statuses no call leaves behind: `unreachable` makes one action each for those the published code writes in rare
   * moments, `every` one for each cell of the table of pairs, `none` leaves the step out. Default `unreachable`.
   */
  forcedPairs?: 'none' | 'unreachable' | 'every'
  /** Let the first user's wallet begin in another store and move here, which leaves a `sync_states` row. Default true. */
  sync?: boolean
}

/** How to open one user's wallet again. */
export interface MadeUser {
  userId: number
  /** Compressed public key, hex. */
  identityKey: string
  /** Give it to `openLegacyWallet`. */
  rootKeyHex: string
}

export interface MadeLegacyWallet {
  file: string
  chainFile: string
  /** As many as were asked for, in the order they were numbered, not of their ids. */
  users: MadeUser[]
  /** One more user, who holds the forced statuses and nothing else; none when `forcedPairs` is `none`. */
  oddUser?: MadeUser
  summary: LegacySummary
}

const STORE_NAME = 'legacy'
const FORMER_STORE_NAME = 'former store'
/** A block after this many actions, and its proofs after every second one. */
const ACTIONS_PER_BLOCK = 8

/**
 * A real legacy database: the published wallet, storage and monitor of the toolbox do everything, over its mock chain.
 * The same seed gives the same kinds, amounts and texts in the same order, and the same user keys; references,
 * derivations of change, timestamps and with them txids are the toolbox's own and differ from run to run.
 */
export async function makeLegacyWallet(options: MakeLegacyWalletOptions): Promise<MadeLegacyWallet> {
  const { file, chainFile = `${file}.chain`, users: userCount = 2, actions = 100, seed, commission } = options
  if (!Number.isInteger(userCount) || userCount < 1)
    throw new RangeError(`users is ${userCount}; it must be 1 or more.`)
  if (!Number.isInteger(actions) || actions < 0) throw new RangeError(`actions is ${actions}; it must be 0 or more.`)
  await removeDatabases(file, chainFile)

  const random = seededRandom(seed)
  const services = await openChain(chainFile)
  const storage = await openLegacyStore({
    file,
    name: STORE_NAME,
    services,
    hasty: true,
    ...(commission && { commission }),
  })
  const faucet = new Faucet(services, seededKeyHex(seed, 'faucet'), random)
  const users: LegacyUser[] = []
  let oddUser: LegacyUser | undefined
  const common: Common = { users, storage, services, faucet, random, background: [] }

  try {
    // The first user arrives last, when the store already holds rows: the ids of a synced wallet then differ from its former ones.
    for (let index = userCount - 1; index >= 0; index--) {
      const rootKeyHex = seededKeyHex(seed, `user ${index + 1}`)
      const arrives = index === 0 && (options.sync ?? true) ? arriveFromFormerStore : arriveNew
      users.unshift(await arrives(rootKeyHex, common, fundingFor(actions, userCount)))
    }
    await act(common, actions, { ...DEFAULT_MIX, ...options.mix })
    await mineCoinbases(common)
    const forcedPairs = options.forcedPairs ?? 'unreachable'
    if (forcedPairs !== 'none') oddUser = await forceRest(common, seededKeyHex(seed, 'odd user'), forcedPairs)
    await Promise.all(common.background)
  } finally {
    await Promise.allSettled(common.background)
    await storage.destroy()
    await services.knex.destroy()
  }

  return {
    file,
    chainFile,
    users: users.map(madeUser),
    ...(oddUser && { oddUser: madeUser(oddUser) }),
    summary: summarize(file),
  }
}

function madeUser({ userId, identityKey, rootKeyHex }: LegacyUser): MadeUser {
  return { userId, identityKey, rootKeyHex }
}

type Common = Omit<ActionContext, 'user' | 'users'> & { users: LegacyUser[] }

/** Drafts and unsent actions lock coins for good; the change of payments makes up for some of it. */
function fundingFor(actions: number, users: number): number {
  return 6 + Math.ceil(actions / (2 * users))
}

async function arriveNew(rootKeyHex: string, common: Common, coins: number): Promise<LegacyUser> {
  const user = await openLegacyUser(rootKeyHex, common.storage, common.services)
  await fundInParts({ ...common, user }, coins)
  return user
}

/** A wallet with a past elsewhere: it acts in a store of its own, then the published manager moves it here. */
async function arriveFromFormerStore(rootKeyHex: string, common: Common, coins: number): Promise<LegacyUser> {
  const { services, storage } = common
  const former = await openLegacyStore({ file: MEMORY, name: FORMER_STORE_NAME, services, hasty: true })
  try {
    const before = await openLegacyUser(rootKeyHex, former, services)
    const past = { ...common, storage: former, users: [before], user: before }
    await fundInParts(past, coins)
    for (const action of [sendNow, mintTokens, sendLater]) await action(past)

    await before.manager.addWalletStorageProvider(storage)
    await before.manager.setActive(storageIdentityKey(STORE_NAME))
    await before.manager.updateBackups()
  } finally {
    await former.destroy()
  }
  return await openLegacyUser(rootKeyHex, storage, services)
}

async function fundInParts(context: ActionContext, coins: number): Promise<void> {
  const perPayment = 15
  for (let left = coins; left > 0; left -= perPayment) await fund(context, Math.min(left, perPayment), 1_000_000)
}

async function act(common: Common, actions: number, mix: ActionMix): Promise<void> {
  const { users, services, random } = common
  const [first] = users
  if (first === undefined) return
  const monitor = legacyMonitor(first.manager, services)
  const plan = planActions(actions, mix, random)
  for (const [done, kind] of plan.entries()) {
    await ACTIONS[kind]({ ...common, user: random.pick(users) })
    if ((done + 1) % ACTIONS_PER_BLOCK === 0) await monitor.mine()
    // Never in the last quarter: some transactions stay mined and unproven, some unmined.
    if ((done + 1) % (2 * ACTIONS_PER_BLOCK) === 0 && done < plan.length * 0.75) await monitor.collectProofs()
  }
}

/** Each kind once, then by weight, in an order of chance. Double spends come early: they go on in the background for seconds. */
function planActions(actions: number, mix: ActionMix, random: SeededRandom): ActionKind[] {
  if (actions === 0) return []
  const plan = ACTION_KINDS.filter((kind) => mix[kind] > 0)
  if (plan.length === 0) throw new RangeError('Every weight of the mix is zero: there is nothing to do.')
  while (plan.length < actions) plan.push(random.pickWeighted(mix))
  return plan
    .map((kind) => ({ kind, order: random.next() * (kind === 'sendDoublySpent' ? 0.2 : 1) }))
    .sort((a, b) => a.order - b.order)
    .map(({ kind }) => kind)
}

/** One mature and one immature block reward for the first user. */
async function mineCoinbases(common: Common): Promise<void> {
  const [user] = common.users
  if (user === undefined) return
  await receiveCoinbase({ ...common, user }, 2)
  await receiveCoinbase({ ...common, user }, await common.services.getHeight())
}

/**
 * Statuses no call leaves behind, in the hands of a user who does nothing else: the published wallet offers some of their
 * change to the next payment and then fails at it.
 */
async function forceRest(common: Common, rootKeyHex: string, which: 'unreachable' | 'every'): Promise<LegacyUser> {
  const pairs = which === 'every' ? EVERY_PAIR : UNREACHABLE_PAIRS
  const user = await openLegacyUser(rootKeyHex, common.storage, common.services)
  await fundInParts({ ...common, user }, pairs.length)
  await forceStatuses({ ...common, user }, pairs)
  return user
}
