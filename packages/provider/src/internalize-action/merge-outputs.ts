import type { ActionRow, OutputRow, StoreWriter } from '@txkeep/core'
import { addTags, findOrCreateBasket, type ActionOutput, type TransactionService } from '@txkeep/lifecycle'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import { DEFAULT_BASKET } from '../users/find-or-insert-user.js'
import type { ReceivedOutput } from './validate-internalize-action.js'

/** What becomes of one received output. */
type Merge =
  | { readonly kind: 'add'; readonly received: ReceivedOutput }
  | { readonly kind: 'toChange'; readonly received: ReceivedOutput; readonly stored: OutputRow }
  | { readonly kind: 'toBasket'; readonly received: ReceivedOutput; readonly stored: OutputRow }
  | { readonly kind: 'keep' }

/**
 * Stores what the user receives in an action of hers, and returns what that adds to her change, in satoshis. Outputs that she has as
 * wanted stay untouched, so repeating it changes nothing. Source: docs/spec/wallet-storage.md §6.3, D5, D6.
 *
 * @param maxOutputScript longer scripts are not stored once more: they are read from the raw transaction.
 * @throws {WERR_INVALID_PARAMETER} if change would lose its derivation, or a commission its owner.
 */
export async function mergeOutputs(
  service: TransactionService,
  tx: StoreWriter,
  { actionId, userId }: ActionRow,
  received: readonly ReceivedOutput[],
  maxOutputScript: number,
): Promise<number> {
  const changeBasketId = await findOrCreateBasket(tx, userId, DEFAULT_BASKET)
  const plan = async (): Promise<readonly Merge[]> => {
    const stored = new Map((await tx.outputs.findByAction(actionId)).map((output) => [output.vout, output]))
    return received.map((output) => mergeOf(output, stored.get(output.vout), changeBasketId))
  }
  if ((await plan()).some(({ kind }) => kind === 'add' || kind === 'toChange')) {
    // Locks the action: who merges at the same time waits here, and then finds what was done.
    await service.updateActionSatoshisDelta(actionId, 0)
  }
  const merges = await plan()
  const added = merges.flatMap((merge) => (merge.kind === 'add' ? [toOutput(merge.received, maxOutputScript)] : []))
  if (added.length > 0) await service.addOutputs({ actionId, outputs: added })
  let satoshis = 0
  for (const merge of merges) {
    if (merge.kind === 'keep') continue
    const { remittance } = merge.received
    if (remittance.kind === 'payment') satoshis += merge.received.satoshis
    if (merge.kind === 'add') continue
    if (remittance.kind === 'insertion') await putIntoBasket(tx, userId, merge.stored, remittance)
    else await tx.outputs.update(merge.stored.outputId, { ...changeColumns(remittance), basketId: changeBasketId })
  }
  if (satoshis !== 0) await service.updateActionSatoshisDelta(actionId, satoshis)
  return satoshis
}

function mergeOf(received: ReceivedOutput, stored: OutputRow | undefined, changeBasketId: number): Merge {
  if (stored === undefined) return { kind: 'add', received }
  if (stored.purpose === 'storage-commission') {
    throw notYours(received, 'the commission of this store')
  }
  if (received.remittance.kind === 'insertion') {
    if (stored.change) throw notYours(received, 'change, and would lose what it takes to spend it')
    return { kind: 'toBasket', received, stored }
  }
  const isChange = stored.change && stored.basketId === changeBasketId && stored.derivationSuffix !== null
  // A coin that is spent already cannot become change any more.
  return isChange || stored.spentByActionId !== null ? { kind: 'keep' } : { kind: 'toChange', received, stored }
}

function notYours({ vout }: ReceivedOutput, what: string): WERR_INVALID_PARAMETER {
  return new WERR_INVALID_PARAMETER('outputs', `outputs that may be received like this. Output ${vout} is ${what}`)
}

function toOutput(
  { vout, satoshis, lockingScript, remittance }: ReceivedOutput,
  maxOutputScript: number,
): ActionOutput {
  const script = lockingScript.length > maxOutputScript ? {} : { lockingScript }
  if (remittance.kind === 'payment') {
    return { vout, satoshis, ...script, ...changeColumns(remittance), basket: DEFAULT_BASKET }
  }
  const { basket, customInstructions, tags } = remittance
  return {
    vout,
    satoshis,
    ...script,
    ...CUSTOM,
    basket,
    tags,
    ...(customInstructions === undefined ? {} : { customInstructions }),
  }
}

async function putIntoBasket(
  tx: StoreWriter,
  userId: number,
  stored: OutputRow,
  { basket, customInstructions, tags }: Extract<ReceivedOutput['remittance'], { readonly kind: 'insertion' }>,
): Promise<void> {
  const basketId = await findOrCreateBasket(tx, userId, basket)
  // Instructions that were left out do not erase those there are: they may be all it takes to spend the coin.
  const changes = {
    ...(basketId === stored.basketId ? {} : { basketId }),
    ...(customInstructions === undefined || customInstructions === stored.customInstructions
      ? {}
      : { customInstructions }),
  }
  if (Object.keys(changes).length > 0) await tx.outputs.update(stored.outputId, changes)
  await addTags(tx, userId, stored.outputId, tags)
}

const CUSTOM = { type: 'custom', providedBy: 'you', purpose: '', change: false } as const

function changeColumns({
  derivationPrefix,
  derivationSuffix,
  senderIdentityKey,
}: Extract<ReceivedOutput['remittance'], { readonly kind: 'payment' }>): {
  readonly type: 'P2PKH'
  readonly providedBy: 'storage'
  readonly purpose: 'change'
  readonly change: true
  readonly derivationPrefix: string
  readonly derivationSuffix: string
  readonly senderIdentityKey: string
} {
  const derivation = { derivationPrefix, derivationSuffix, senderIdentityKey }
  return { type: 'P2PKH', providedBy: 'storage', purpose: 'change', change: true, ...derivation }
}
