import type { StoreReader, SyncEntity } from '@txkeep/core'
import {
  toTableCommission,
  toTableLabel,
  toTableLabelMap,
  toTableTag,
  toTableTagMap,
} from '../projection/attachment-rows.js'
import { toTableBasket, toTableCertificate, toTableCertificateField, toTableOutput } from '../projection/rows.js'
import {
  toTableProvenTx,
  toTableProvenTxReq,
  toTableTransaction,
  type ActionAndTransaction,
} from '../projection/transaction-rows.js'

/** A row as it travels. */
export type SyncRow = object

type Key = readonly (number | string)[]

/** A user's rows of one entity with these keys, as published, in order of the keys. One that is not there is left out. */
export async function loadRows(
  tx: StoreReader,
  userId: number,
  entity: SyncEntity,
  keys: readonly Key[],
): Promise<SyncRow[]> {
  if (keys.length === 0) return []
  const rows = await LOADERS[entity](tx, userId, keys)
  return keys.flatMap((key) => rows.get(keyText(key)) ?? [])
}

/** The key of a row as text, as `sync_arrivals` holds it. */
export function keyText(key: Key): string {
  return key.join(KEY_SEPARATOR)
}

/** The key that `keyText` wrote: numbers, and whatever a name holds after the first one. */
export function readKey(entity: SyncEntity, text: string): Key {
  const at = text.indexOf(KEY_SEPARATOR)
  if (at < 0) return [Number(text)]
  const [first, second] = [text.slice(0, at), text.slice(at + 1)]
  return [Number(first), entity === 'certificateField' ? second : Number(second)]
}

const KEY_SEPARATOR = ':'

type Loader = (tx: StoreReader, userId: number, keys: readonly Key[]) => Promise<Map<string, SyncRow>>

const LOADERS: Readonly<Record<SyncEntity, Loader>> = {
  provenTx: (tx, userId, keys) => actionsAs(tx, userId, keys, toTableProvenTx),
  transaction: (tx, userId, keys) => actionsAs(tx, userId, keys, toTableTransaction),
  provenTxReq: (tx, userId, keys) => actionsAs(tx, userId, keys, toTableProvenTxReq),
  outputBasket: async (tx, userId, keys) =>
    byKey(await tx.baskets.find({ userId, basketId: firsts(keys) }), (row) => [row.basketId], toTableBasket),
  outputTag: async (tx, userId, keys) =>
    byKey(await tx.tags.find({ userId, outputTagId: firsts(keys) }), (row) => [row.outputTagId], toTableTag),
  txLabel: async (tx, userId, keys) =>
    byKey(await tx.labels.find({ userId, txLabelId: firsts(keys) }), (row) => [row.txLabelId], toTableLabel),
  output: async (tx, userId, keys) => {
    const rows = await tx.outputs.findByIds(firsts(keys), userId)
    return byKey(
      rows,
      (row) => [row.outputId],
      (row) => toTableOutput(row, row.lockingScript ?? undefined),
    )
  },
  txLabelMap: async (tx, userId, keys) => {
    const owned = await tx.labels.find({ userId, txLabelId: firsts(keys) })
    const maps = await tx.labelMaps.find({ txLabelId: owned.map((row) => row.txLabelId), actionId: seconds(keys) })
    return byKey(maps, (row) => [row.txLabelId, row.actionId], toTableLabelMap)
  },
  outputTagMap: async (tx, userId, keys) => {
    const owned = await tx.tags.find({ userId, outputTagId: firsts(keys) })
    const maps = await tx.tagMaps.find({ outputTagId: owned.map((row) => row.outputTagId), outputId: seconds(keys) })
    return byKey(maps, (row) => [row.outputTagId, row.outputId], toTableTagMap)
  },
  certificate: async (tx, userId, keys) =>
    byKey(
      await tx.certificates.find({ userId, certificateId: firsts(keys) }),
      (row) => [row.certificateId],
      toTableCertificate,
    ),
  certificateField: async (tx, userId, keys) =>
    byKey(
      await tx.certificateFields.find({ userId, certificateId: firsts(keys) }),
      (row) => [row.certificateId, row.fieldName],
      toTableCertificateField,
    ),
  commission: async (tx, userId, keys) =>
    byKey(
      await tx.commissions.find({ userId, commissionId: firsts(keys) }),
      (row) => [row.commissionId],
      toTableCommission,
    ),
}

async function actionsAs(
  tx: StoreReader,
  userId: number,
  keys: readonly Key[],
  project: (row: ActionAndTransaction) => SyncRow | undefined,
): Promise<Map<string, SyncRow>> {
  const actions = await tx.actions.findByIds(firsts(keys), userId)
  const ids = [...new Set(actions.flatMap(({ transactionId }) => transactionId ?? []))]
  const transactions = new Map((await tx.transactions.findByIds(ids)).map((row) => [row.transactionId, row]))
  const rows = new Map<string, SyncRow>()
  for (const action of actions) {
    const row = project({ action, transaction: transactions.get(action.transactionId ?? -1) })
    if (row !== undefined) rows.set(keyText([action.actionId]), row)
  }
  return rows
}

function byKey<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  project: (row: Row) => SyncRow,
): Map<string, SyncRow> {
  return new Map(rows.map((row) => [keyText(keyOf(row)), project(row)]))
}

function firsts(keys: readonly Key[]): number[] {
  return [...new Set(keys.map(([first]) => Number(first)))]
}

function seconds(keys: readonly Key[]): number[] {
  return [...new Set(keys.map(([, second]) => Number(second)))]
}
