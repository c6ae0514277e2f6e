import type { ProviderContext } from '../provider-context.js'
import type { AuthId, StorageProcessActionArgs, StorageProcessActionResults } from '../published/arguments.js'
import { commitAction } from './commit-action.js'
import { sendActions } from './send-actions.js'
import { validateProcessAction } from './validate-process-action.js'

/**
 * What became of a signed draft and of the transactions to send with it. The draft is committed first, in a unit of its own, as
 * what the table of docs/spec/wallet-storage.md §4.1 says; then everything on the send list is queued, or posted at once.
 *
 * @throws {WERR_BAD_REQUEST} if the user has no such draft.
 * @throws {WERR_INVALID_OPERATION} if the transaction is not what the draft planned, or not final yet.
 */
export async function processAction(
  context: ProviderContext,
  auth: AuthId,
  args: StorageProcessActionArgs,
): Promise<StorageProcessActionResults> {
  const signed = validateProcessAction(args)
  // Without a network nothing can be sent at once: said before anything is committed.
  const isImmediate = !args.isDelayed && (args.sendWith.length > 0 || !args.isNoSend)
  if (isImmediate) context.network()
  if (signed !== undefined) await commitAction(context, auth, signed)
  const isKept = args.isNoSend && !args.isSendWith
  const txids = new Set([...args.sendWith, ...(signed === undefined || isKept ? [] : [signed.txid])])
  return sendActions(context, auth, [...txids], args.isDelayed)
}
