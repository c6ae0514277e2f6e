import { type BEEF, type CreateActionOutput, LockingScript, Utils } from '@bsv/sdk'
import { TOKEN_UNLOCK, tokenScript } from '../token-script.js'
import type { ActionContext } from './action-context.js'
import { send } from './sending.js'
import { BASKETS, someDescription, someLabels, someTags } from './text.js'

/** Outputs with baskets, tags and instructions of their own. */
export async function mintTokens(context: ActionContext): Promise<void> {
  const outputs = Array.from({ length: context.random.integer(1, 4) }, () => token(context))
  await send(context, { acceptDelayedBroadcast: false }, outputs)
}

/** An output whose script is too long for the outputs table, so that only the raw transaction holds it. */
export async function mintLongScript(context: ActionContext): Promise<void> {
  const data = [...context.random.bytes(1_500)]
  const lockingScript = LockingScript.fromBinary([0x4d, data.length & 0xff, data.length >> 8, ...data, 0x6d, 0x51])
  await send(context, { acceptDelayedBroadcast: false }, [{ ...token(context), lockingScript: lockingScript.toHex() }])
}

/** Spends one token; mints one first when the user has none. */
export async function spendToken(context: ActionContext): Promise<void> {
  const { user, random } = context
  const { basket, outpoint, beef } = await aToken(context)
  await user.wallet.createAction({
    description: someDescription(random),
    labels: someLabels(random),
    ...(beef && { inputBEEF: beef }),
    inputs: [{ outpoint, unlockingScript: TOKEN_UNLOCK, inputDescription: `Spent from ${basket}` }],
    outputs: [token(context)],
    options: { acceptDelayedBroadcast: false },
  })
}

/** A token the wallet gives up: it stays spendable and belongs to no basket. */
export async function relinquishToken(context: ActionContext): Promise<void> {
  const { basket, outpoint } = await aToken(context)
  await context.user.wallet.relinquishOutput({ basket, output: outpoint })
}

function token({ random }: ActionContext): CreateActionOutput {
  const script = Utils.toHex([...tokenScript(random)])
  return {
    satoshis: random.integer(1, 2_000),
    lockingScript: script,
    outputDescription: someDescription(random),
    basket: random.pick(BASKETS),
    customInstructions: JSON.stringify({ script, note: 'it\'s a "token"' }),
    tags: someTags(random),
  }
}

async function aToken(context: ActionContext): Promise<{ basket: string; outpoint: string; beef: BEEF | undefined }> {
  const { user, random } = context
  for (const basket of [random.pick(BASKETS), ...BASKETS]) {
    const { outputs, BEEF } = await user.wallet.listOutputs({ basket, include: 'entire transactions', limit: 1 })
    const [output] = outputs
    if (output !== undefined) return { basket, outpoint: output.outpoint, beef: BEEF }
  }
  await mintTokens(context)
  return await aToken(context)
}
