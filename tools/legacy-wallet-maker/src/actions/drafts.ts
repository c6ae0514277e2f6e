import type { ActionContext } from './action-context.js'
import { paymentToStranger } from './sending.js'
import { BASKETS, someDescription, someLabels, someTags } from './text.js'

/** Created and not signed: unsigned, no txid, its inputs locked, its planned outputs stored. */
export async function leaveDraft(context: ActionContext): Promise<void> {
  await makeDraft(context)
}

/** A draft that was aborted: failed, no txid, its inputs free again. */
export async function abortDraft(context: ActionContext): Promise<void> {
  const reference = await makeDraft(context)
  await context.user.wallet.abortAction({ reference })
}

async function makeDraft(context: ActionContext): Promise<string> {
  const { user, random } = context
  const { signableTransaction } = await user.wallet.createAction({
    description: someDescription(random),
    labels: someLabels(random),
    outputs: [
      paymentToStranger(context),
      {
        satoshis: random.integer(1, 1_000),
        lockingScript: '51',
        outputDescription: someDescription(random),
        basket: random.pick(BASKETS),
        tags: someTags(random),
      },
    ],
    options: { signAndProcess: false },
  })
  if (signableTransaction === undefined) throw new Error('The wallet returned no signable transaction for a draft.')
  return signableTransaction.reference
}
