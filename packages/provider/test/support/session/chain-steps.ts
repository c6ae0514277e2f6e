import { Beef, P2PKH, Transaction, UnlockingScript } from '@bsv/sdk'
import { expect } from 'vitest'
import { placeOf } from './model-rows.js'
import { settlePosted, type StepContext } from './session.js'
import { BASKETS, isToken, tell, type StepOutcome } from './spending-steps.js'
import { isDead } from './wallet-model.js'

const DONE: StepOutcome = { what: 'done' }

export async function mine({ session }: StepContext): Promise<StepOutcome> {
  await session.world.services.mineBlock()
  return DONE
}

export async function collectProofs({ session }: StepContext): Promise<StepOutcome> {
  const { model, world } = session
  await world.background.collectProofs()
  model.tip = await world.services.getHeight()
  for (const transaction of model.transactions.values()) {
    const height = (await world.services.storage.getTransaction(transaction.txid))?.blockHeight
    if (height == null) {
      if (transaction.reorgTries !== undefined && ++transaction.reorgTries === REORG_TRIES) model.endReorg(transaction)
      continue
    }
    model.endReorg(transaction)
    if (isDead(transaction)) model.askAgain(transaction)
    if (transaction.standing !== 'accepted') model.accept(transaction)
    transaction.provenAt ??= height
  }
  for (const transaction of model.transactions.values()) {
    if (transaction.provenAt !== undefined && model.tip > transaction.provenAt) transaction.isBuried = true
  }
  return DONE
}

/** docs/spec/lifecycle.md §5. */
const REORG_TRIES = 3

export async function sendWaiting(context: StepContext): Promise<StepOutcome> {
  const { model, world } = context.session
  const waiting = [...model.transactions.values()].filter(
    ({ standing }) => standing === 'queued' || standing === 'sending',
  )
  await world.services.during(context.mood, () => world.background.sendWaiting())
  await settlePosted(
    context,
    waiting.map(({ txid }) => txid),
  )
  return DONE
}

/** What is asked about again is settled, and inputs of what failed are free where the network calls them unspent. */
export async function review({ session }: StepContext): Promise<StepOutcome> {
  const { model, world } = session
  const { storage } = world.services
  await world.background.review()
  for (const transaction of model.transactions.values()) {
    if (transaction.standing !== 'unfail') continue
    if ((await storage.getTransaction(transaction.txid)) === undefined) model.fail(transaction)
    else model.accept(transaction)
  }
  for (const user of model.users) {
    for (const coin of user.coins) {
      const spender = coin.spender?.transaction
      if (spender?.standing !== 'failed' || coin.isWithheld) continue
      const [txid = '', vout] = placeOf(coin).split('.')
      const known = await storage.getUtxo(txid, Number(vout))
      const isUnspent = known !== undefined && known.spentByTxid === null
      const isReorging = coin.maker.transaction?.reorgTries !== undefined
      if (isUnspent || isReorging || coin.maker.transaction?.standing !== 'accepted') model.release(coin)
      else coin.isWithheld = true
    }
  }
  return DONE
}

/** The last blocks are replaced; what was in them waits to be mined again. */
export async function reorg({ session, random }: StepContext): Promise<StepOutcome> {
  const { model, world } = session
  const depth = random.integer(1, 2)
  const start = (await world.services.getHeight()) - depth + 1
  const { deactivatedHeaders } = await world.services.reorg(start, depth + 1)
  await world.background.reorged(deactivatedHeaders.map(({ hash }) => hash))
  for (const transaction of model.transactions.values()) {
    if (transaction.provenAt !== undefined && transaction.provenAt >= start) model.reorg(transaction)
  }
  return DONE
}

/** Somebody who got a signed transaction hands it to the network; no wallet hears of it. */
export async function strangerPosts({ session, random }: StepContext): Promise<StepOutcome> {
  const { model, signed, world } = session
  const known = [...model.transactions.values()].filter(
    ({ txid, standing }) => standing !== 'accepted' && signed.has(txid),
  )
  if (known.length === 0) return { what: 'nothing signed' }
  const { txid } = random.pick(known)
  const beef = new Beef()
  beef.mergeRawTx(signed.get(txid)!.toBinary())
  await world.services.postBeef(beef, [txid])
  return DONE
}

/** Somebody spends a token of hers, which anybody can. */
export async function strangerSteals({ session, random, user }: StepContext): Promise<StepOutcome> {
  const tokens = BASKETS.flatMap((basket) => user.listed(basket)).filter(
    (coin) => isToken(coin) && coin.maker.transaction?.standing === 'accepted',
  )
  if (tokens.length === 0) return { what: 'no token' }
  const place = placeOf(random.pick(tokens))
  const [sourceTXID = '', vout] = place.split('.')
  const transaction = new Transaction()
  const unlockingScript = UnlockingScript.fromHex('51')
  transaction.addInput({ sourceTXID, sourceOutputIndex: Number(vout), unlockingScript, sequence: 0xffff_ffff })
  transaction.addOutput({ satoshis: 1, lockingScript: new P2PKH().lock([...random.bytes(20)]) })
  const beef = new Beef()
  beef.mergeRawTx(transaction.toBinary())
  await session.world.services.postBeef(beef, [transaction.id('hex')])
  session.stolen.add(place)
  return DONE
}

export async function relinquish(context: StepContext): Promise<StepOutcome> {
  const { random, user, wallet } = context
  const basket = random.pick(BASKETS)
  const coins = user.listed(basket)
  if (coins.length === 0) return { what: 'nothing to give up' }
  const coin = random.pick(coins)
  const told = await tell(context, () => wallet.relinquishOutput({ basket, output: placeOf(coin) }) as never)
  expect(told.error, told.message).toBeUndefined()
  coin.basket = undefined
  return { what: told.what }
}
