import type { Transaction } from '@bsv/sdk'
import { seededRandom, type NetworkMood } from '@txkeep/legacy-wallet-maker'
import type { ModelAction, ModelTransaction } from './model-rows.js'
import type { SessionStep } from './session-step.js'
import type { SessionWallet, SessionWorld } from './session-world.js'
import { WalletModel, isDead, type ModelUser } from './wallet-model.js'

/** A payment as it was handed over, to be handed over again. */
export interface HandedPayment {
  readonly user: number
  readonly args: Parameters<SessionWallet['wallet']['internalizeAction']>[0]
  readonly txid: string
}

/** A world, what should be in it, and what the steps of a session need to know of each other. */
export interface Session {
  readonly world: SessionWorld
  readonly model: WalletModel
  readonly payments: HandedPayment[]
  /** What was signed, by txid: a stranger who got it can post it. */
  readonly signed: Map<string, Transaction>
  /** Places of coins a stranger spent. */
  readonly stolen: Set<string>
  /** Steps so far; descriptions of actions begin with it. */
  count: number
  /** The next block whose coinbase a stranger may spend. */
  nextCoinbase: number
}

/** One step under way. */
export interface StepContext extends SessionWallet {
  readonly session: Session
  readonly userIndex: number
  readonly user: ModelUser
  readonly mood: NetworkMood
  readonly random: ReturnType<typeof seededRandom>
  /** A text no other action has. */
  readonly description: string
}

export function newSession(world: SessionWorld, model: WalletModel = new WalletModel(world.wallets.length)): Session {
  return { world, model, payments: [], signed: new Map(), stolen: new Set(), count: 0, nextCoinbase: 3 }
}

export function contextOf(session: Session, { kind, user: userIndex, mood, seed }: SessionStep): StepContext {
  const user = session.model.users[userIndex]!
  const random = seededRandom(seed)
  const description = `step ${session.count}: ${kind}`
  return { ...session.world.wallets[userIndex]!, session, userIndex, user, mood, random, description }
}

/** What the network knows, and how that leaves these transactions after it was handed them. */
export async function settlePosted(
  { session, mood }: Pick<StepContext, 'session' | 'mood'>,
  txids: readonly string[],
): Promise<void> {
  const { model } = session
  for (const txid of txids) {
    const transaction = model.transactions.get(txid)
    if (transaction === undefined || isDead(transaction) || transaction.standing === 'accepted') continue
    model.send(transaction)
    await settleOne(session, transaction, mood)
  }
}

async function settleOne(session: Session, transaction: ModelTransaction, mood: NetworkMood): Promise<void> {
  const { model, world } = session
  const isOnChain = (await world.services.storage.getTransaction(transaction.txid)) !== undefined
  if (mood === 'healthy' || mood === 'rejecting') {
    // Whoever refuses it is asked whether it is known: docs/spec/monitor.md §4.
    if (isOnChain) model.accept(transaction)
    else if (mood === 'rejecting' || (await lostToCompetitor(session, transaction))) model.fail(transaction)
  }
}

/** Whether the first of its inputs that cannot be spent was spent by a transaction that is mined. */
async function lostToCompetitor({ world }: Session, { inputs }: ModelTransaction): Promise<boolean> {
  const { storage } = world.services
  for (const place of inputs) {
    const [txid = '', vout] = place.split('.')
    const coin = await storage.getUtxo(txid, Number(vout))
    if (coin === undefined) return false
    if (coin.spentByTxid !== null) return (await storage.getTransaction(coin.spentByTxid))?.blockHeight != null
  }
  return false
}

/** Places of what it consumes. */
export function inputsOf(transaction: Transaction): string[] {
  return transaction.inputs.map(
    ({ sourceTXID, sourceTransaction, sourceOutputIndex }) =>
      `${sourceTXID ?? sourceTransaction?.id('hex') ?? ''}.${sourceOutputIndex}`,
  )
}

/** Hers, in the order they came about, that may be signed, sent or given up. */
export function actionsOf(user: ModelUser, what: 'draft' | 'kept'): ModelAction[] {
  return user.actions.filter(({ isOutgoing, isAborted, transaction }) => {
    if (!isOutgoing || isAborted) return false
    return what === 'draft' ? transaction === undefined : transaction?.standing === 'kept'
  })
}
