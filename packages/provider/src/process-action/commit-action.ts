import { InvalidParameterError, type ActionRow, type OutputRow, type StoreWriter } from '@txkeep/core'
import { authorize } from '../auth.js'
import { WERR_BAD_REQUEST, WERR_INTERNAL, WERR_INVALID_OPERATION } from '../errors/werr.js'
import { isP2pkh } from '../outputs/is-p2pkh.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import type { SignedDraft } from './validate-process-action.js'

/**
 * Gives the draft its transaction, in one unit of work, once it is known to be what the draft planned and final. Repeating it with
 * the same transaction changes nothing. Source: docs/spec/wallet-storage.md §4.1, D11.
 */
export async function commitAction(context: ProviderContext, auth: AuthId, signed: SignedDraft): Promise<void> {
  await assertFinal(context, signed)
  const { maxOutputScript } = context.settings()
  await context.service.unit(async (service, tx) => {
    const { userId } = await authorize(tx, auth)
    const draft = await findDraft(tx, userId, signed)
    if (draft === undefined) return
    const outputs = await tx.outputs.findByAction(draft.actionId)
    await assertCommission(context, tx, draft)
    assertScripts(draft, outputs, signed)
    const { reference, txid, rawTx, processing, isNoSend } = signed
    await asMismatch(() =>
      service.as(`user:${userId}`).signAction({
        userId,
        reference,
        txid,
        rawTx,
        processing,
        userNosend: isNoSend,
        maxOutputScriptBytes: maxOutputScript,
      }),
    )
  })
}

/**
 * Returns when the transaction may be mined now. The network is asked only where the bytes leave it open.
 *
 * @throws {WERR_INVALID_OPERATION} otherwise.
 */
export async function assertFinal(
  context: ProviderContext,
  { rawTx, raw }: Pick<SignedDraft, 'rawTx' | 'raw'>,
): Promise<void> {
  if (raw.lockTime === 0 || raw.inputs.every(({ sequenceNumber }) => sequenceNumber === FINAL_SEQUENCE)) return
  if (await context.network().nLockTimeIsFinal(rawTx)) return
  throw new WERR_INVALID_OPERATION(
    `The transaction may not be mined before its nLockTime ${raw.lockTime}. Process it when that has come.`,
  )
}

const FINAL_SEQUENCE = 0xffffffff

/** The draft, or undefined when it was signed with this very transaction before. */
async function findDraft(
  tx: StoreWriter,
  userId: number,
  { reference, txid }: SignedDraft,
): Promise<ActionRow | undefined> {
  const action = await tx.actions.findByReference(userId, reference)
  if (action === undefined) throw new WERR_BAD_REQUEST(`The user has no action ${JSON.stringify(reference)}.`)
  if (!action.isOutgoing || action.userAborted) {
    const why = action.userAborted ? 'aborted' : 'incoming'
    throw new WERR_INVALID_OPERATION(`The action ${JSON.stringify(reference)} is ${why}, so it cannot be processed.`)
  }
  if (action.transactionId === null) return action
  if ((await tx.transactions.findById(action.transactionId))?.txid === txid) return undefined
  throw new WERR_INVALID_OPERATION(`The action ${JSON.stringify(reference)} is signed as another transaction already.`)
}

/** Its output is checked with the others; here the row that lets the key's owner redeem it must be there. */
async function assertCommission(context: ProviderContext, tx: StoreWriter, draft: ActionRow): Promise<void> {
  if (context.commission === undefined) return
  if ((await tx.commissions.count({ actionId: draft.actionId, userId: draft.userId })) > 0) return
  throw new WERR_INTERNAL(`The action ${JSON.stringify(draft.reference)} has no commission. Create it anew.`)
}

/** Change is P2PKH although its script is not known yet; a transaction without outputs has the wallet's empty one. */
function assertScripts(draft: ActionRow, outputs: readonly OutputRow[], { rawTx, raw }: SignedDraft): void {
  const scriptAt = (vout: number): Uint8Array | undefined => {
    const place = raw.outputs[vout]
    return place && rawTx.subarray(place.scriptOffset, place.scriptOffset + place.scriptLength)
  }
  for (const { vout, change, type, lockingScript } of outputs) {
    if (!change || type !== 'P2PKH' || lockingScript !== null) continue
    if (!isP2pkh(scriptAt(vout))) throw mismatch(`its change output ${vout} is not P2PKH`)
  }
  if (draft.plan?.outputCount !== 0) return
  const isDummy = raw.outputs[0]?.satoshis === 0 && scriptAt(0)?.join() === DUMMY_SCRIPT.join()
  if (!isDummy) throw mismatch('it has an output, and none was planned')
}

const DUMMY_SCRIPT = [0x00, 0x6a, 0x01, 0x42]

function mismatch(why: string, cause?: unknown): WERR_INVALID_OPERATION {
  return new WERR_INVALID_OPERATION(`The transaction is not what createAction planned: ${why}.`, { cause })
}

async function asMismatch<T>(sign: () => Promise<T>): Promise<T> {
  try {
    return await sign()
  } catch (error) {
    if (error instanceof InvalidParameterError && error.parameter === 'rawTx') throw mismatch(error.message, error)
    throw error
  }
}
