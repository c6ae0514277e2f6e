import { type CreateActionArgs, type CreateActionOutput, P2PKH, Utils } from '@bsv/sdk'
import type { NetworkMood } from '../faulty-services.js'
import { EntityProvenTxReq, ScriptTemplateBRC29 } from '../toolbox.js'
import type { ActionContext } from './action-context.js'
import { someDescription, someLabels } from './text.js'

/** Signed and kept back. Not delayed: it then spends only what the network knows, and can be sent some day. */
export const UNSENT: NonNullable<CreateActionArgs['options']> = { noSend: true, acceptDelayedBroadcast: false }

/** Sent at once and accepted by the network: unproven | unmined. */
export async function sendNow(context: ActionContext): Promise<void> {
  await send(context, { acceptDelayedBroadcast: false })
}

/** Left for the monitor to broadcast: sending | unsent. */
export async function sendLater(context: ActionContext): Promise<void> {
  await send(context, { acceptDelayedBroadcast: true })
}

/** No service could be reached: sending | sending. */
export async function sendWithoutNetwork(context: ActionContext): Promise<void> {
  await sendInMood(context, 'unavailable', false)
}

/** Every service refused the transaction: failed | invalid. */
export async function sendRejected(context: ActionContext): Promise<void> {
  await sendInMood(context, 'rejecting', false)
}

/** The process died while it broadcast: unprocessed | unprocessed. */
export async function sendInterrupted(context: ActionContext): Promise<void> {
  await sendInMood(context, 'crash', false)
}

/** The process died before a delayed transaction was queued: unprocessed | unsent. */
export async function sendLaterInterrupted(context: ActionContext): Promise<void> {
  await sendInMood(context, 'crashBeforeQueue', true)
}

/**
 * A competitor was reported and confirmed: failed | doubleSpend. The toolbox looks three times with a second between, so
 * this goes on in the background while other actions happen.
 */
export async function sendDoublySpent(context: ActionContext): Promise<void> {
  const { storage, services, background } = context
  const txid = await send(context, UNSENT)
  services.doomed.add(txid)
  const { details } = await storage.getReqsAndBeefToShareWithWorld([txid], [])
  const requests = details.flatMap(({ req }) => (req === undefined ? [] : [new EntityProvenTxReq(req)]))
  background.push(storage.attemptToPostReqsToNetwork(requests))
}

/** Signed, and this wallet does not broadcast it: nosend | nosend. */
export async function keepUnsent(context: ActionContext): Promise<void> {
  await send(context, UNSENT)
}

/** Two kept back, then sent together as one batch: unproven | unmined, with a batch. */
export async function sendKeptTogether(context: ActionContext): Promise<void> {
  const first = await send(context, UNSENT)
  const second = await send(context, UNSENT)
  await send(context, { acceptDelayedBroadcast: false, sendWith: [first, second] })
}

/** Kept back and aborted: failed | invalid. */
export async function abortUnsent(context: ActionContext): Promise<void> {
  const txid = await send(context, UNSENT)
  const { wallet } = context.user
  // The published wallet aborts by reference, and by txid when a text of 64 characters is no reference.
  await wallet.abortAction({ reference: txid })
}

/** Pays another user of the same store, who internalizes it: one txid, two users. */
export async function payAnotherUser(context: ActionContext): Promise<void> {
  const { users, user, random } = context
  const others = users.filter(({ userId }) => userId !== user.userId)
  if (others.length === 0) return await sendNow(context)
  const payee = random.pick(others)

  const derivationPrefix = Utils.toBase64([...random.bytes(10)])
  const derivationSuffix = Utils.toBase64([...random.bytes(10)])
  const template = new ScriptTemplateBRC29({ derivationPrefix, derivationSuffix, keyDeriver: user.wallet.keyDeriver })
  const { tx } = await user.wallet.createAction({
    description: someDescription(random),
    labels: someLabels(random),
    outputs: [
      {
        satoshis: random.integer(500, 50_000),
        lockingScript: template.lock(user.rootKeyHex, payee.identityKey).toHex(),
        outputDescription: 'Payment to a neighbour',
      },
    ],
    options: { randomizeOutputs: false, acceptDelayedBroadcast: false },
  })
  if (tx === undefined) throw new Error('The wallet returned no transaction for a payment.')
  await payee.wallet.internalizeAction({
    tx,
    description: 'Payment from a neighbour',
    labels: someLabels(random),
    outputs: [
      {
        outputIndex: 0,
        protocol: 'wallet payment',
        paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey: user.identityKey },
      },
    ],
  })
}

/** Signs a payment to a stranger and returns its txid. */
export async function send(
  context: ActionContext,
  options: NonNullable<CreateActionArgs['options']>,
  outputs: CreateActionOutput[] = [paymentToStranger(context)],
): Promise<string> {
  const { txid } = await context.user.wallet.createAction({
    description: someDescription(context.random),
    labels: someLabels(context.random),
    outputs,
    options,
  })
  if (txid === undefined) throw new Error('The wallet returned no txid for a signed action.')
  return txid
}

export function paymentToStranger({ random }: ActionContext): CreateActionOutput {
  return {
    satoshis: random.integer(100, 20_000),
    lockingScript: new P2PKH().lock([...random.bytes(20)]).toHex(),
    outputDescription: someDescription(random),
  }
}

/** The toolbox throws when a broadcast fails; what it stored before is what this is about. */
async function sendInMood(context: ActionContext, mood: NetworkMood, acceptDelayedBroadcast: boolean): Promise<void> {
  const outcome = await context.services.during(mood, async () => {
    try {
      await send(context, { acceptDelayedBroadcast })
      return 'accepted'
    } catch {
      return 'failed'
    }
  })
  if (outcome === 'accepted') throw new Error(`A broadcast succeeded although the network was ${mood}.`)
}
