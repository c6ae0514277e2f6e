import type { LockingScript } from '@bsv/sdk'
import { Beef, KeyDeriver, PrivateKey, Transaction, UnlockingScript, Utils, type InternalizeActionArgs } from '@bsv/sdk'
import { ScriptTemplateBRC29 } from '@bsv/wallet-toolbox'
import { expect } from 'vitest'
import type { ModelAction } from './model-rows.js'
import { create, tell, BASKETS, type StepOutcome } from './spending-steps.js'
import { inputsOf, settlePosted, type StepContext } from './session.js'

/** What a payment holds for its receiver. */
interface Handed {
  readonly txid: string
  readonly tx: number[]
  readonly outputs: readonly {
    readonly outputIndex: number
    readonly satoshis: number
    readonly derivationPrefix: string
    readonly derivationSuffix: string
  }[]
  readonly senderIdentityKey: string
}

export async function receiveProven(context: StepContext): Promise<StepOutcome> {
  return receiveFromFaucet(context, true)
}

export async function receiveUnproven(context: StepContext): Promise<StepOutcome> {
  return receiveFromFaucet(context, false)
}

async function receiveFromFaucet(context: StepContext, proven: boolean): Promise<StepOutcome> {
  const { random, session, identityKey } = context
  const satoshis = Array.from({ length: random.integer(1, 3) }, () => random.integer(2000, 60_000))
  const handed = await session.world.faucet.pay({ identityKey, satoshis, proven })
  return take(context, argsOf(context, handed), handed.txid)
}

/** A payment no service has seen: the receiver posts it. It spends the coinbase of a stranger. */
export async function receiveUnposted(context: StepContext): Promise<StepOutcome> {
  const { session, random, identityKey } = context
  const { services, faucet } = session.world
  const height = session.nextCoinbase++
  while ((await services.getHeight()) < height + 101) await services.mineBlock()
  const { tx, txid: coinbase } = await faucet.coinbase(height)
  const beef = Beef.fromBinary(tx)
  const transaction = new Transaction()
  transaction.addInput({
    sourceTransaction: beef.findTransactionForSigning(coinbase)!,
    sourceOutputIndex: 0,
    unlockingScript: new UnlockingScript([]),
    sequence: 0xffff_ffff,
  })
  const outputs = Array.from({ length: random.integer(1, 2) }, (_, outputIndex) => {
    const satoshis = random.integer(500, 30_000)
    const derivationSuffix = Utils.toBase64([...random.bytes(9)])
    transaction.addOutput({ satoshis, lockingScript: brc29(STRANGER, derivationSuffix, identityKey) })
    return { outputIndex, satoshis, derivationPrefix: PREFIX, derivationSuffix }
  })
  beef.mergeRawTx(transaction.toBinary())
  const txid = transaction.id('hex')
  const senderIdentityKey = STRANGER.toPublicKey().toString()
  const handed = { txid, tx: beef.toBinaryAtomic(txid), outputs, senderIdentityKey }
  return take(context, argsOf(context, handed), txid)
}

/** The same payment once more: nothing is counted twice, and what waits is sent again. */
export async function receiveAgain(context: StepContext): Promise<StepOutcome> {
  const { session, userIndex, random } = context
  const payments = session.payments.filter(({ user }) => user === userIndex)
  if (payments.length === 0) return { what: 'no payment' }
  const { args, txid } = random.pick(payments)
  return take(context, args, txid)
}

/** Pays the other user of the store, who takes it. */
export async function payNeighbour(context: StepContext): Promise<StepOutcome> {
  const { session, random, userIndex, rootKeyHex, description } = context
  const payeeIndex = (userIndex + 1) % session.world.wallets.length
  if (payeeIndex === userIndex) return { what: 'no neighbour' }
  const payee = {
    ...context,
    ...session.world.wallets[payeeIndex]!,
    userIndex: payeeIndex,
    user: session.model.users[payeeIndex]!,
  }
  const sender = PrivateKey.fromHex(rootKeyHex)
  const derivationSuffix = Utils.toBase64([...random.bytes(9)])
  const satoshis = random.integer(500, 5000)
  const lockingScript = brc29(sender, derivationSuffix, payee.identityKey).toHex()
  const options = random.pick([{ acceptDelayedBroadcast: false }, { acceptDelayedBroadcast: false, noSend: true }])
  const before = context.user.actions.length
  const outcome = await create(
    { ...context, mood: 'healthy' },
    { outputs: [{ satoshis, lockingScript, outputDescription: 'to a neighbour' }] },
    { ...options, randomizeOutputs: false },
  )
  const transaction = context.user.actions[before]?.transaction
  if (outcome.error !== undefined || transaction === undefined) return outcome
  const paid = session.signed.get(transaction.txid)!
  const { tx } = await atomicBeefOf(context, transaction.txid, paid)
  const outputs = [{ outputIndex: 0, satoshis, derivationPrefix: PREFIX, derivationSuffix }]
  const handed = { txid: transaction.txid, tx, outputs, senderIdentityKey: sender.toPublicKey().toString() }
  return take(payee, { ...argsOf(payee, handed, true), description: `${description} taken` }, transaction.txid)
}

/** As the payer hands it on: whole, with all it takes to prove it. */
async function atomicBeefOf(
  { session }: StepContext,
  txid: string,
  transaction: Transaction,
): Promise<{ tx: number[] }> {
  const beef = new Beef()
  const add = async (source: Transaction, id: string): Promise<void> => {
    const { merklePath } = await session.world.services.getMerklePath(id)
    if (merklePath !== undefined) beef.mergeBump(merklePath)
    else {
      for (const { sourceTransaction, sourceTXID } of source.inputs) {
        const parentId = sourceTXID ?? sourceTransaction!.id('hex')
        const known = sourceTransaction ?? session.signed.get(parentId)
        const raw = (await session.world.services.storage.getTransaction(parentId))?.rawTx
        const parent = known ?? Transaction.fromBinary([...raw!])
        if (beef.findTxid(parentId) === undefined) await add(parent, parentId)
      }
    }
    beef.mergeRawTx(source.toBinary())
  }
  await add(transaction, txid)
  return { tx: beef.toBinaryAtomic(txid) }
}

function argsOf({ random, description }: StepContext, handed: Handed, isPayment = false): InternalizeActionArgs {
  return {
    tx: handed.tx,
    description,
    labels: random.chance(0.4) ? ['received'] : [],
    outputs: handed.outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) =>
      isPayment || random.chance(0.75)
        ? {
            outputIndex,
            protocol: 'wallet payment',
            paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey: handed.senderIdentityKey },
          }
        : {
            outputIndex,
            protocol: 'basket insertion',
            insertionRemittance: { basket: random.pick(BASKETS), tags: ['found'], customInstructions: 'p2pkh' },
          },
    ),
  }
}

/** Takes what was handed over, and what the model makes of it. */
async function take(context: StepContext, args: InternalizeActionArgs, txid: string): Promise<StepOutcome> {
  const { session, user, wallet, mood, userIndex } = context
  const { model } = session
  const beef = Beef.fromBinary([...args.tx])
  const transaction = Transaction.fromBinary([...beef.findTxid(txid)!.rawTx!])
  const isProven = beef.findBump(txid) !== undefined
  const known = model.transactions.get(txid)
  const own = known && user.actionOf(known)
  const isTaken = known !== undefined && known.standing === 'accepted'
  const bump = isProven ? beef.findBump(txid) : undefined
  const isStale = await hasLostBlock(context, beef)
  const told = await tell(context, () => wallet.internalizeAction(args) as never)
  const isRefused =
    isStale || (!isProven && (own?.isAborted === true || (known !== undefined && isGivenUp(known.standing))))
  if (isRefused) {
    expect(told.error, told.message).toBe('WERR_INVALID_PARAMETER')
    return { what: told.what, error: told.error! }
  }
  const isOnChain = (await session.world.services.storage.getTransaction(txid)) !== undefined
  const needsPosting = !isProven && !isTaken && (own === undefined || (!own.isOutgoing && known?.standing !== 'kept'))
  if (needsPosting && mood === 'rejecting' && !isOnChain) {
    expect(told.error, told.message).toBe('WERR_REVIEW_ACTIONS')
    if (own !== undefined) model.fail(known!)
    return { what: told.what, error: told.error! }
  }
  const stored = model.transaction(txid, inputsOf(transaction), isProven ? 'accepted' : 'sending')
  const action = own ?? received(context, args, transaction)
  if (own !== undefined) putBack(user, own, args)
  for (const label of args.labels ?? []) action.labels.add(label)
  action.transaction = stored
  if (isProven) {
    model.endReorg(stored)
    if (stored.standing !== 'accepted' || own === undefined) model.accept(stored)
    if (stored.provenAt !== bump!.blockHeight || !stored.isBuried) {
      stored.provenAt = bump!.blockHeight
      stored.isBuried = model.tip !== undefined && model.tip - stored.provenAt >= 1
    }
  } else if (needsPosting) await settlePosted(context, [txid])
  const isWaiting = needsPosting && stored.standing === 'sending'
  expect(told.error, told.message).toBe(isWaiting ? 'WERR_REVIEW_ACTIONS' : undefined)
  if (own === undefined) session.payments.push({ user: userIndex, args, txid })
  return { what: told.what, ...(told.error === undefined ? {} : { error: told.error }) }
}

function isGivenUp(standing: string): boolean {
  return standing === 'failed' || standing === 'unfail'
}

/** One of its merkle paths leads to a block that a reorg took. */
async function hasLostBlock({ session }: StepContext, beef: Beef): Promise<boolean> {
  for (const bump of beef.bumps) {
    const isThere = await session.world.services.tracker.isValidRootForHeight(bump.computeRoot(), bump.blockHeight)
    if (!isThere) return true
  }
  return false
}

/** What was given up since then lies in its basket again. */
function putBack({ coins }: StepContext['user'], action: ModelAction, args: InternalizeActionArgs): void {
  for (const { outputIndex, insertionRemittance } of args.outputs) {
    const coin = coins.find(({ maker, vout }) => maker === action && vout === outputIndex)
    if (coin !== undefined && insertionRemittance !== undefined) coin.basket = insertionRemittance.basket
  }
}

function received(
  { user, description }: StepContext,
  args: InternalizeActionArgs,
  transaction: Transaction,
): ModelAction {
  const action: ModelAction = {
    ...{ description: args.description, labels: new Set<string>(), isOutgoing: false, reference: undefined },
    ...{ satoshis: 0, transaction: undefined, isAborted: false },
  }
  user.actions.push(action)
  for (const { outputIndex, protocol, insertionRemittance } of args.outputs) {
    const { lockingScript, satoshis = 0 } = transaction.outputs[outputIndex]!
    const isChange = protocol === 'wallet payment'
    if (isChange) action.satoshis += satoshis
    user.coins.push({
      ...{ maker: action, vout: outputIndex, satoshis, script: lockingScript.toHex(), isChange },
      basket: isChange ? 'default' : insertionRemittance!.basket,
      tags: new Set(insertionRemittance?.tags ?? []),
      customInstructions: insertionRemittance?.customInstructions,
      ...{ spender: undefined, isWithheld: false, isWaiting: false },
    })
  }
  expect(description).not.toBe('')
  return action
}

const STRANGER = PrivateKey.fromHex('22'.repeat(32))
const PREFIX = 'cHJlZml4'

/** The locking script of a payment (BRC-29). */
function brc29(sender: PrivateKey, derivationSuffix: string, identityKey: string): LockingScript {
  const template = new ScriptTemplateBRC29({
    derivationPrefix: PREFIX,
    derivationSuffix,
    keyDeriver: new KeyDeriver(sender),
  })
  return template.lock(sender.toHex(), identityKey)
}
