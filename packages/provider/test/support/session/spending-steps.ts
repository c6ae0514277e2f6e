import {
  P2PKH,
  Transaction,
  Utils,
  type CreateActionArgs,
  type CreateActionResult,
  type SendWithResult,
} from '@bsv/sdk'
import { expect } from 'vitest'
import type { ModelAction, ModelCoin, ModelTransaction, Standing } from './model-rows.js'
import { placeOf } from './model-rows.js'
import { actionsOf, inputsOf, settlePosted, type StepContext } from './session.js'
import { sum } from './wallet-model.js'

type Options = NonNullable<CreateActionArgs['options']>
type Output = NonNullable<CreateActionArgs['outputs']>[number]

export const BASKETS: readonly string[] = ['tokens', 'invoices', 'game items']
const LABELS: readonly string[] = ['shop', 'rent', 'gift']
const TAGS: readonly string[] = ['red', 'blue', '日本']

/** What a step came to, by the words a caller gets to see. */
export interface StepOutcome {
  readonly what: string
  readonly error?: string
  readonly results?: readonly SendWithResult['status'][]
}

const AT_ONCE: Options = { acceptDelayedBroadcast: false }
const LATER: Options = { acceptDelayedBroadcast: true }
const KEPT: Options = { acceptDelayedBroadcast: false, noSend: true }

export function payNow(context: StepContext): Promise<StepOutcome> {
  return create(context, { outputs: [toStranger(context)] }, AT_ONCE)
}

export function payLater(context: StepContext): Promise<StepOutcome> {
  return create(context, { outputs: [toStranger(context)] }, LATER)
}

export function keep(context: StepContext): Promise<StepOutcome> {
  return create(context, { outputs: [toStranger(context)] }, KEPT)
}

/** Paid from the change of what was kept back before. */
export async function keepOnTop(context: StepContext): Promise<StepOutcome> {
  const kept = actionsOf(context.user, 'kept')
  if (kept.length === 0) return { what: 'nothing kept' }
  const below = context.random.pick(kept)
  const coins = context.user.coins.filter(
    (coin) => coin.maker === below && coin.isChange && coin.spender === undefined && coin.basket === 'default',
  )
  if (coins.length === 0) return { what: 'no change kept' }
  const noSendChange = coins.slice(0, context.random.integer(1, coins.length)).map(placeOf)
  return create(context, { outputs: [toStranger(context)] }, { ...KEPT, noSendChange })
}

export function mint(context: StepContext): Promise<StepOutcome> {
  const { random } = context
  const outputs = Array.from({ length: random.integer(1, 3) }, () => token(context))
  return create(context, { outputs }, random.pick([AT_ONCE, AT_ONCE, LATER, KEPT]))
}

export function draft(context: StepContext): Promise<StepOutcome> {
  const outputs = [toStranger(context), ...(context.random.chance(0.3) ? [token(context)] : [])]
  return create(context, { outputs }, { ...context.random.pick([AT_ONCE, LATER]), signAndProcess: false })
}

/** All there is. */
export function sweep(context: StepContext): Promise<StepOutcome> {
  const isDelayed = context.random.chance(0.3)
  return create(context, { outputs: [{ ...toStranger(context), satoshis: MAX_POSSIBLE }] }, isDelayed ? LATER : AT_ONCE)
}

const MAX_POSSIBLE = 2_099_999_999_999_999

export async function spendToken(context: StepContext): Promise<StepOutcome> {
  const { random, user, wallet } = context
  const basket = random.pick(BASKETS)
  const tokens = user.listed(basket).filter(isToken)
  if (tokens.length === 0) return { what: 'no token' }
  const coin = random.pick(tokens)
  const { BEEF } = await wallet.listOutputs({ basket, include: 'entire transactions', limit: 1000 })
  return create(
    context,
    {
      inputs: [{ outpoint: placeOf(coin), unlockingScript: '51', inputDescription: 'a token to spend' }],
      ...(BEEF === undefined ? {} : { inputBEEF: BEEF }),
      outputs: [toStranger(context)],
    },
    random.pick([AT_ONCE, AT_ONCE, LATER, KEPT]),
  )
}

export async function signDraft(context: StepContext): Promise<StepOutcome> {
  const { user, random, wallet } = context
  const drafts = actionsOf(user, 'draft')
  if (drafts.length === 0) return { what: 'no draft' }
  const action = random.pick(drafts)
  const options = random.pick([AT_ONCE, LATER, { acceptDelayedBroadcast: false, noSend: true }])
  const told = await tell(context, () => wallet.signAction({ reference: action.reference!, spends: {}, options }))
  expect(told.txid, told.what).toBeDefined()
  const transaction = Transaction.fromAtomicBEEF([...told.tx!])
  const planned = context.session.signed.get(action.reference!)!
  expect(inputsOf(transaction)).toEqual(inputsOf(planned))
  signed(context, action, transaction, options)
  return settle(context, told, options.noSend === true ? [] : [told.txid!], options)
}

export async function abort(context: StepContext): Promise<StepOutcome> {
  const { user, random, wallet, session } = context
  const candidates = [...actionsOf(user, 'draft'), ...actionsOf(user, 'kept')]
  if (candidates.length === 0) return { what: 'nothing to give up' }
  const action = random.pick(candidates)
  const { transaction } = action
  const isLive = transaction !== undefined && session.model.livingDescendants(transaction).some(isOnTheNetwork)
  const reference = transaction?.txid ?? action.reference!
  const told = await tell(context, () => wallet.abortAction({ reference }))
  expect(told.error, `aborting ${action.description}`).toBe(isLive ? 'WERR_INVALID_OPERATION' : undefined)
  if (isLive) return told
  if (transaction === undefined) session.model.abortDraft(action)
  else {
    session.model.fail(transaction)
    action.isAborted = true
    for (const coin of session.model.coinsSpentBy(action)) {
      if (await isUnspent(context, coin)) session.model.release(coin)
    }
  }
  return told
}

export async function sendKept(context: StepContext): Promise<StepOutcome> {
  const { user, random, wallet } = context
  const kept = actionsOf(user, 'kept').filter(() => random.chance(0.6))
  const stale = user.actions.filter(({ transaction, isOutgoing }) => isOutgoing && transaction !== undefined)
  const txids = new Set(kept.map(({ transaction }) => transaction!.txid))
  if (stale.length > 0 && random.chance(0.2)) txids.add(random.pick(stale).transaction!.txid)
  if (random.chance(0.05)) txids.add('ab'.repeat(32))
  if (txids.size === 0) return { what: 'nothing kept' }
  const options = random.pick([AT_ONCE, AT_ONCE, LATER])
  const told = await tell(context, () =>
    wallet.createAction({ description: context.description, options: { ...options, sendWith: [...txids] } }),
  )
  const own = user.actions.filter(({ transaction, isAborted }) => !isAborted && txids.has(transaction?.txid ?? ''))
  const waiting = own.map(({ transaction }) => transaction!).filter(isWaiting)
  if (options === LATER) {
    for (const transaction of waiting) if (transaction.standing === 'kept') transaction.standing = 'queued'
  }
  const posted = [...txids].filter((txid) => waiting.some((transaction) => transaction.txid === txid))
  return settle(context, told, options === LATER ? [] : posted, options, [...txids])
}

function isWaiting({ standing }: ModelTransaction): boolean {
  return standing === 'kept' || standing === 'queued' || standing === 'sending'
}

function isOnTheNetwork({ transaction }: { readonly transaction: ModelTransaction | undefined }): boolean {
  return transaction?.standing === 'accepted'
}

async function isUnspent({ session }: StepContext, coin: ModelCoin): Promise<boolean> {
  const [txid = '', vout] = placeOf(coin).split('.')
  const known = await session.world.services.storage.getUtxo(txid, Number(vout))
  return known !== undefined && known.spentByTxid === null
}

/** An action of these inputs and outputs, and what the model makes of it. */
export async function create(
  context: StepContext,
  args: Pick<CreateActionArgs, 'inputs' | 'inputBEEF' | 'outputs'>,
  options: Options,
): Promise<StepOutcome> {
  const { random, description, wallet, user } = context
  const labels = LABELS.filter(() => random.chance(0.3))
  const before = sum(user.pool(options.acceptDelayedBroadcast === true))
  const told = await tell(context, () => wallet.createAction({ ...args, description, labels, options }))
  const asked = sum(args.outputs ?? [])
  if (told.error === 'WERR_INSUFFICIENT_FUNDS') {
    const named = (options.noSendChange ?? []).map((place) => user.coinAt(place)!.satoshis)
    const inputs = (args.inputs ?? []).map(({ outpoint }) => user.coinAt(outpoint)!.satoshis)
    const most = [...named, ...inputs].reduce((total, satoshis) => total + satoshis, before)
    const fees = 20 + user.coins.length
    if (asked < MAX_POSSIBLE) expect(most, `${description}: ${asked} asked for`).toBeLessThan(asked + fees)
    return { what: told.what, error: told.error }
  }
  const bytes = told.tx ?? told.signableTransaction?.tx
  if (bytes === undefined) throw new Error(`${description} came to ${told.error ?? 'nothing'}: ${told.message}`)
  const transaction = Transaction.fromAtomicBEEF([...bytes])
  const action: ModelAction = {
    ...{ description, labels: new Set(labels), isOutgoing: true, reference: told.signableTransaction?.reference },
    ...{ satoshis: 0, transaction: undefined, isAborted: false },
  }
  user.actions.push(action)
  lockInputs(context, action, transaction, args, options)
  addOutputs(context, action, transaction, args.outputs ?? [])
  if (action.reference !== undefined) {
    context.session.signed.set(action.reference, transaction)
    return told
  }
  signed(context, action, transaction, options)
  return settle(context, told, options.noSend === true ? [] : [transaction.id('hex')], options)
}

function lockInputs(
  { user, description }: StepContext,
  action: ModelAction,
  transaction: Transaction,
  args: Pick<CreateActionArgs, 'inputs'>,
  options: Options,
): void {
  const named = new Set([...(args.inputs ?? []).map(({ outpoint }) => outpoint), ...(options.noSendChange ?? [])])
  const own = new Set((args.inputs ?? []).map(({ outpoint }) => outpoint))
  const pool = new Set(user.pool(options.acceptDelayedBroadcast === true))
  for (const place of inputsOf(transaction)) {
    const coin = user.coinAt(place)
    expect(coin, `${description} spends ${place}, which is no coin of hers`).toBeDefined()
    if (!named.has(place)) expect(pool.has(coin!), `${description} may not take ${place}`).toBe(true)
    expect(coin!.spender, `${description} spends ${place} once more`).toBeUndefined()
    coin!.spender = action
    if (!own.has(place)) action.satoshis -= coin!.satoshis
  }
}

function addOutputs(
  { user }: StepContext,
  action: ModelAction,
  transaction: Transaction,
  asked: readonly Output[],
): void {
  for (const [vout, { lockingScript, satoshis = 0 }] of transaction.outputs.entries()) {
    const script = lockingScript.toHex()
    const output = asked.find((candidate) => candidate.lockingScript === script)
    if (output !== undefined && output.satoshis < MAX_POSSIBLE) expect(satoshis).toBe(output.satoshis)
    if (output === undefined) action.satoshis += satoshis
    const { basket, tags = [], customInstructions } = output ?? { basket: 'default' }
    user.coins.push({
      ...{ maker: action, vout, satoshis, script, customInstructions, tags: new Set(tags), basket },
      ...{ isChange: output === undefined, spender: undefined, isWithheld: false, isWaiting: false },
    })
  }
}

function signed({ session }: StepContext, action: ModelAction, transaction: Transaction, options: Options): void {
  const txid = transaction.id('hex')
  let standing: Standing = 'sending'
  if (options.noSend === true) standing = 'kept'
  else if (options.acceptDelayedBroadcast === true) standing = 'queued'
  action.transaction = session.model.transaction(txid, inputsOf(transaction), standing)
  session.signed.set(txid, transaction)
}

/** What became of what was posted, and that the caller was told so. */
async function settle(
  context: StepContext,
  told: Told,
  posted: readonly string[],
  { acceptDelayedBroadcast }: Options,
  asked: readonly string[] = posted,
): Promise<StepOutcome> {
  if (acceptDelayedBroadcast !== true) await settlePosted(context, posted)
  const expected = asked.map((txid) => resultOf(context.session.model.transactions.get(txid)))
  expect(told.results ?? [], `${context.description}: ${told.message ?? ''}`).toEqual(expected)
  const isReviewed = acceptDelayedBroadcast !== true && expected.some((status) => status !== 'unproven')
  expect(told.error, told.message).toBe(isReviewed ? 'WERR_REVIEW_ACTIONS' : undefined)
  return { what: told.what, results: expected, ...(told.error === undefined ? {} : { error: told.error }) }
}

function resultOf(transaction: ModelTransaction | undefined): SendWithResult['status'] {
  switch (transaction?.standing) {
    case 'accepted':
      return 'unproven'
    case 'queued':
    case 'sending':
      return 'sending'
    default:
      return 'failed'
  }
}

interface Told extends StepOutcome {
  readonly message?: string
  readonly txid?: string
  readonly tx?: readonly number[]
  readonly signableTransaction?: CreateActionResult['signableTransaction']
}

/** What the wallet answered, or what it says in its error. */
export async function tell(
  { session, mood, description }: StepContext,
  call: () => Promise<CreateActionResult | { readonly aborted: true }>,
): Promise<Told> {
  const answer = await session.world.services.during(mood, async () => {
    try {
      return { ...(await call()), what: description }
    } catch (error) {
      const { name, message, ...fields } = error as Error & Partial<CreateActionResult>
      return { ...fields, what: description, error: name, message }
    }
  })
  const { sendWithResults } = answer as Partial<CreateActionResult>
  return {
    ...answer,
    ...(sendWithResults === undefined ? {} : { results: sendWithResults.map(({ status }) => status) }),
  } as Told
}

function toStranger({ random }: StepContext): Output {
  return {
    satoshis: random.chance(0.05) ? random.integer(50_000, 500_000) : random.integer(1, 6000),
    lockingScript: new P2PKH().lock([...random.bytes(20)]).toHex(),
    outputDescription: 'to a stranger',
  }
}

/** Not a payment that lies in a basket: that takes a signature. */
export function isToken({ isChange, script }: ModelCoin): boolean {
  return !isChange && script.endsWith(TOKEN_END)
}

const TOKEN_END = '755187'

/** Anybody can spend it with one push below its data. Some are too long to be stored beside their transaction. */
function token({ random }: StepContext): Output {
  const data = random.chance(0.1) ? [0x4d, 0xdc, 0x05, ...random.bytes(1500)] : [0x08, ...random.bytes(8)]
  return {
    satoshis: random.integer(1, 900),
    lockingScript: `${Utils.toHex(data)}${TOKEN_END}`,
    outputDescription: 'a token of hers',
    basket: random.pick(BASKETS),
    tags: TAGS.filter(() => random.chance(0.4)),
    ...(random.chance(0.5) ? { customInstructions: `turn ${random.integer(1, 99)} times` } : {}),
  }
}
