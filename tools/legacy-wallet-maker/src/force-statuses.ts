import type { ActionContext } from './actions/action-context.js'
import { send, UNSENT } from './actions/sending.js'
import type { RequestStatus, StatusPair } from './legacy-statuses.js'
import type { StorageKnex } from './toolbox.js'

/** Requests in these statuses were broadcast: the network must know the transaction, or nobody could spend its change. */
const BROADCAST: ReadonlySet<RequestStatus> = new Set(['unmined', 'callback', 'unknown', 'unconfirmed', 'completed'])

/**
 * Makes one action per pair and then writes the two statuses straight into their rows, as the application would have.
 * This is the only place where the maker does not let the published code decide. Outputs keep what the signed action
 * left: spendable, as the toolbox stores every signed output.
 */
export async function forceStatuses(context: ActionContext, pairs: readonly StatusPair[]): Promise<void> {
  // All are made before the first is forced: the wallet would spend the change of a forced action, and may fail at it.
  const made: { txid: string; pair: StatusPair }[] = []
  for (const pair of pairs) {
    const sent = pair.request !== undefined && BROADCAST.has(pair.request)
    made.push({ txid: await send(context, sent ? { acceptDelayedBroadcast: false } : UNSENT), pair })
  }
  for (const { txid, pair } of made) await force(context.storage, txid, pair)
}

async function force({ knex }: StorageKnex, txid: string, { transaction, request }: StatusPair): Promise<void> {
  if (request === undefined) {
    const held: { rawTx: Buffer; inputBEEF: Buffer } | undefined = await knex('proven_tx_reqs').where({ txid }).first()
    // Without a request the user's row is the only one left to hold the bytes.
    await knex('transactions').where({ txid }).update({ rawTx: held?.rawTx, inputBEEF: held?.inputBEEF })
    await knex('proven_tx_reqs').where({ txid }).delete()
  } else {
    const note = { what: 'status', status_was: 'unknown', status_now: request, when: new Date().toISOString() }
    await knex('proven_tx_reqs')
      .where({ txid })
      .update({ status: request, history: JSON.stringify({ notes: [note] }), wasBroadcast: BROADCAST.has(request) })
  }
  await knex('transactions').where({ txid }).update({ status: transaction })
}
