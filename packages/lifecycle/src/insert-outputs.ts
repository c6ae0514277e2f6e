import {
  InvalidParameterError,
  checkSatoshis,
  type ActionRow,
  type NewOutputRow,
  type OutputRow,
  type TransactionRow,
} from '@txkeep/core'
import { coinbaseMaturesAt } from '@txkeep/spendability'
import { checkText } from './check-text.js'
import { addTags, findOrCreateBasket } from './find-or-create-names.js'
import { holdInputs } from './hold-inputs.js'
import type { RawTransaction } from './raw-transaction.js'
import { holdsInputs, isProven } from './status-groups.js'
import type { Unit } from './unit.js'

/** An output of a new action. Its owner is the action's user; flags and place in the raw transaction are worked out. */
export type ActionOutput = Pick<NewOutputRow, 'vout' | 'satoshis' | 'providedBy' | 'purpose' | 'type'> &
  Partial<
    Pick<
      OutputRow,
      | 'change'
      | 'withheld'
      | 'outputDescription'
      | 'senderIdentityKey'
      | 'derivationPrefix'
      | 'derivationSuffix'
      | 'customInstructions'
      | 'lockingScript'
    >
  > & {
    /** Name of the basket, made if need be. */
    readonly basket?: string
    readonly tags?: readonly string[]
  }

/**
 * Returns when every output fits its columns and is what the raw transaction says.
 *
 * @throws {InvalidParameterError} otherwise.
 */
export function checkOutputs(outputs: readonly ActionOutput[], raw: RawTransaction | undefined): void {
  const vouts = new Set<number>()
  for (const { vout, satoshis, outputDescription, customInstructions } of outputs) {
    if (!Number.isSafeInteger(vout) || vout < 0 || vout > MAX_VOUT || vouts.has(vout)) {
      throw new InvalidParameterError('vout', vout, 'an output index that no other output of the action has')
    }
    vouts.add(vout)
    checkSatoshis('satoshis', satoshis)
    checkText('outputDescription', outputDescription)
    checkText('customInstructions', customInstructions)
    if (raw === undefined) continue
    const stored = raw.outputs[vout]
    if (stored === undefined) {
      throw new InvalidParameterError('vout', vout, `below ${raw.outputs.length}, the outputs of ${raw.txid}`)
    }
    if (stored.satoshis !== satoshis) {
      throw new InvalidParameterError(
        'satoshis',
        satoshis,
        `${stored.satoshis}, the value of output ${vout} of ${raw.txid}`,
      )
    }
  }
}

/**
 * Inserts outputs of an action, with their baskets and tags. Flags start cleared: `settleOutputs` works them out.
 *
 * @param raw the parsed transaction; undefined for a draft.
 */
export async function insertOutputs(
  unit: Unit,
  action: ActionRow,
  outputs: readonly ActionOutput[],
  transaction: TransactionRow | undefined,
  raw: RawTransaction | undefined,
): Promise<OutputRow[]> {
  const { userId, actionId } = action
  const maturesAtHeight =
    transaction?.isCoinbase === true && transaction.height !== null && isProven(transaction.processing)
      ? coinbaseMaturesAt(transaction.height, unit.coinbaseMaturityBlocks)
      : null
  const rows: NewOutputRow[] = []
  const tagsOfRow: (readonly string[])[] = []
  for (const { basket, tags = [], ...columns } of outputs) {
    tagsOfRow.push(tags)
    const place = raw?.outputs[columns.vout]
    rows.push({
      ...columns,
      userId,
      actionId,
      basketId: basket === undefined ? null : await findOrCreateBasket(unit.tx, userId, basket),
      txid: transaction?.txid ?? null,
      scriptLength: place?.scriptLength ?? null,
      scriptOffset: place?.scriptOffset ?? null,
      maturesAtHeight,
      spendable: false,
      pending: false,
    })
  }
  const inserted = rows.length === 0 ? [] : await unit.tx.outputs.insertMany(rows)
  for (const [index, row] of inserted.entries()) {
    await addTags(unit.tx, userId, row.outputId, tagsOfRow[index] ?? [])
  }
  return inserted
}

/** These outputs with the flags the rule gives them; a live transaction of a new owner takes that owner's coins first. */
export async function settleOutputs(
  unit: Unit,
  rows: readonly OutputRow[],
  transaction: TransactionRow | undefined,
): Promise<OutputRow[]> {
  if (transaction === undefined) return [...rows]
  if (holdsInputs(transaction.processing)) await holdInputs(unit, [transaction])
  if (rows.length === 0) return []
  await unit.tx.outputs.refreshSpendable({ outputIds: rows.map((row) => row.outputId) })
  const settled = new Map(
    (await unit.tx.outputs.findByIds(rows.map((row) => row.outputId))).map((row) => [row.outputId, row]),
  )
  return rows.map((row) => settled.get(row.outputId) ?? row)
}

const MAX_VOUT = 0x7fffffff
