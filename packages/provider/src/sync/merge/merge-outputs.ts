import type { ActionRow, OutputRow, TransactionRow } from '@txkeep/core'
import { isSpendableStatus } from '@txkeep/fsm'
import { parseRawTransaction, type RawTransaction } from '@txkeep/lifecycle'
import { coinbaseMaturesAt } from '@txkeep/spendability'
import type { TableOutput } from '../../published/rows.js'
import type { SyncChunk } from '../../published/sync-rows.js'
import { localId, rememberId } from '../sync-map.js'
import { incoming, isNewer, noteMerged, stamps, type Merge } from './merge.js'

/** Coins: the same `vout` of the same action is the same one. The newer row wins, in every column. */
export async function mergeOutputs(merge: Merge, chunk: SyncChunk): Promise<void> {
  const { tx, userId, map } = merge
  const rows = incoming(merge, 'output', chunk.outputs)
  if (rows.length === 0) return
  const owners = await readOwners(merge, rows)
  const known = new Map(
    (await tx.outputs.findByActions([...owners.keys()], userId)).map((row) => [placeOf(row.actionId, row.vout), row]),
  )
  for (const row of rows) {
    const actionId = localId(map, 'transaction', row.transactionId)
    const owner = owners.get(actionId)
    const stored = known.get(placeOf(actionId, row.vout))
    const spentByActionId = row.spentBy === undefined ? null : localId(map, 'transaction', row.spentBy)
    const columns = columnsOf(merge, row, owner)
    if (owner?.transaction !== undefined) merge.touched.add(owner.transaction.transactionId)
    if (stored === undefined) {
      const withheld = withheldOf(row, owner?.transaction, null)
      const fresh = { userId, actionId, vout: row.vout, ...columns, spentByActionId, withheld, ...stamps(row) }
      const [inserted] = await tx.outputs.insertMany([{ ...fresh, maturesAtHeight: maturityOf(owner?.transaction) }])
      if (inserted === undefined) continue
      known.set(placeOf(actionId, row.vout), inserted)
      rememberId(map, 'output', row.outputId, inserted.outputId)
      await noteMerged(merge, 'inserted', 'output', [inserted.outputId])
      continue
    }
    const { outputId } = stored
    rememberId(map, 'output', row.outputId, outputId)
    // A backup made before signing never hears of the txid in the published toolbox: here it does.
    const isLate = stored.txid === null && columns.txid !== null
    if (!isNewer(row, stored) && !isLate) continue
    await tx.outputs.update(outputId, {
      ...columns,
      spentByActionId: await holderOf(merge, stored, spentByActionId),
      withheld: withheldOf(row, owner?.transaction, stored),
      updatedAt: isNewer(row, stored) ? row.updated_at : stored.updatedAt,
    })
    await noteMerged(merge, 'updated', 'output', [outputId])
  }
}

/** The action that made an output, and what is known of its transaction. */
interface Owner {
  readonly action: ActionRow
  readonly transaction: TransactionRow | undefined
  readonly raw: RawTransaction | undefined
}

async function readOwners(
  { tx, map, userId }: Merge,
  rows: readonly TableOutput[],
): Promise<ReadonlyMap<number, Owner>> {
  const ids = [...new Set(rows.map((row) => localId(map, 'transaction', row.transactionId)))]
  const actions = await tx.actions.findByIds(ids, userId)
  const transactions = new Map(
    (await tx.transactions.findByIds(actions.flatMap(({ transactionId }) => transactionId ?? []))).map((row) => [
      row.transactionId,
      row,
    ]),
  )
  return new Map(
    actions.map((action) => {
      const transaction = transactions.get(action.transactionId ?? -1)
      const rawTx = transaction?.rawTx ?? null
      return [action.actionId, { action, transaction, raw: rawTx === null ? undefined : parseRawTransaction(rawTx) }]
    }),
  )
}

function placeOf(actionId: number, vout: number): string {
  return `${actionId}.${vout}`
}

function columnsOf(
  { map }: Merge,
  row: TableOutput,
  owner: Owner | undefined,
): Pick<
  OutputRow,
  | 'basketId'
  | 'change'
  | 'satoshis'
  | 'providedBy'
  | 'purpose'
  | 'type'
  | 'outputDescription'
  | 'txid'
  | 'senderIdentityKey'
  | 'derivationPrefix'
  | 'derivationSuffix'
  | 'customInstructions'
  | 'sequenceNumber'
  | 'spendingDescription'
  | 'scriptLength'
  | 'scriptOffset'
  | 'lockingScript'
> {
  const place = owner?.raw?.outputs[row.vout]
  return {
    basketId: row.basketId === undefined ? null : localId(map, 'outputBasket', row.basketId),
    change: row.change,
    satoshis: row.satoshis,
    providedBy: row.providedBy,
    purpose: row.purpose,
    type: row.type,
    outputDescription: row.outputDescription,
    txid: owner?.transaction?.txid ?? null,
    senderIdentityKey: row.senderIdentityKey ?? null,
    derivationPrefix: row.derivationPrefix ?? null,
    derivationSuffix: row.derivationSuffix ?? null,
    customInstructions: row.customInstructions ?? null,
    sequenceNumber: row.sequenceNumber ?? null,
    spendingDescription: row.spendingDescription ?? null,
    scriptLength: place?.scriptLength ?? row.scriptLength ?? null,
    scriptOffset: place?.scriptOffset ?? row.scriptOffset ?? null,
    lockingScript: row.lockingScript === undefined ? null : Uint8Array.from(row.lockingScript),
  }
}

/**
 * Why the coin must not be offered here. An accepted one that nobody spends and that the other store does not offer is withheld
 * there for a reason that does not travel: `legacy`, until the network calls it unspent. A reason of ours stays.
 */
function withheldOf(
  row: TableOutput,
  transaction: TransactionRow | undefined,
  stored: OutputRow | null,
): OutputRow['withheld'] {
  if (row.purpose === 'storage-commission') return 'commission'
  const reason = stored?.withheld ?? null
  if (row.spendable || row.spentBy !== undefined) return reason === 'legacy' ? null : reason
  const isAccepted = transaction !== undefined && isSpendableStatus(transaction.processing)
  return reason ?? (isAccepted ? 'legacy' : null)
}

/**
 * Who spends the coin now. A live holder here keeps it, whatever the other store says; a dead one hands it to another spender, but
 * that nobody spends it is advice: the network is asked, as for every coin of a dead transaction. Source: docs/spec/lifecycle.md §6.
 */
async function holderOf({ tx }: Merge, stored: OutputRow, theirs: number | null): Promise<number | null> {
  const ours = stored.spentByActionId
  if (ours === null || ours === theirs) return theirs
  const holder = await tx.actions.findById(ours)
  if (holder === undefined) return theirs
  if (holder.transactionId === null) return holder.userAborted ? theirs : ours
  const transaction = await tx.transactions.findById(holder.transactionId)
  const isDead = transaction?.processing === 'invalid' || transaction?.processing === 'doubleSpend'
  if (!isDead) return ours
  if (theirs !== null) return theirs
  await tx.tasks.wake([RELEASE_INPUTS_TASK])
  return ours
}

const RELEASE_INPUTS_TASK = 'release_inputs'

function maturityOf(transaction: TransactionRow | undefined): number | null {
  if (transaction === undefined || !transaction.isCoinbase || transaction.height === null) return null
  return coinbaseMaturesAt(transaction.height)
}
