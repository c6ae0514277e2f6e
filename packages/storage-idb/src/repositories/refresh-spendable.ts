import type { ActionRow, ChainTipRow, OutputRow, RefreshFilter, RefreshResult, TransactionRow } from '@txkeep/core'
import { isOutputPending, isOutputSpendable } from '@txkeep/spendability'
import type { RecordTable } from '../record-table.js'
import { startingWith } from './ranges.js'

export interface RefreshTables {
  readonly outputs: RecordTable<OutputRow>
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
  readonly chainTip: RecordTable<ChainTipRow & { readonly id: number }>
}

/** Outputs whose owners and transactions are in memory at once. */
const BATCH = 500

/**
 * Gives every output the filter names the flags the rule of `@txkeep/spendability` gives it, and writes those that were wrong.
 * `updatedAt` stays: a cached flag is no change a sync has to carry.
 */
export async function refreshSpendable(tables: RefreshTables, filter: RefreshFilter): Promise<RefreshResult> {
  const tip = filter.tipHeight === undefined ? await tables.chainTip.get(1) : { height: filter.tipHeight }
  let [examined, flipped] = [0, 0]
  for await (const outputs of candidates(tables, filter)) {
    examined += outputs.length
    const wrong = await wrongOf(tables, outputs, tip)
    await tables.outputs.changeMany([...wrong.keys()], (output) => wrong.get(output) ?? {})
    flipped += wrong.size
  }
  return { examined, flipped }
}

type Flags = Pick<OutputRow, 'spendable' | 'pending'>

async function wrongOf(
  { actions, transactions }: RefreshTables,
  outputs: readonly OutputRow[],
  tip: { readonly height: number } | undefined,
): Promise<ReadonlyMap<OutputRow, Flags>> {
  const owners = await actions.many(outputs.map(({ actionId }) => actionId))
  const owned = await transactions.many(owners.flatMap(({ transactionId }) => transactionId ?? []))
  const ownerOf = new Map(owners.map((row) => [row.actionId, row]))
  const transactionOf = new Map(owned.map((row) => [row.transactionId, row]))
  const wrong = new Map<OutputRow, Flags>()
  for (const output of outputs) {
    const owner = ownerOf.get(output.actionId)
    const transaction = transactionOf.get(owner?.transactionId ?? 0)
    const facts = { ...output, userAborted: owner?.userAborted ?? false }
    const flags = {
      spendable: isOutputSpendable(facts, transaction, tip),
      pending: isOutputPending(facts, transaction, tip),
    }
    if (flags.spendable !== output.spendable || flags.pending !== output.pending) wrong.set(output, flags)
  }
  return wrong
}

/** The outputs every given filter matches, a batch at a time, by the narrowest of the filters. */
async function* candidates(tables: RefreshTables, filter: RefreshFilter): AsyncGenerator<OutputRow[]> {
  const { outputs, actions } = tables
  const makers =
    filter.transactionIds && new Set((await actions.many(filter.transactionIds, 'transactionId')).map(idOf))
  const given = filter.actionIds && new Set(filter.actionIds)
  const ids = filter.outputIds && new Set(filter.outputIds)
  const isMeant = (row: OutputRow): boolean =>
    (filter.userId === undefined || row.userId === filter.userId) &&
    (ids === undefined || ids.has(row.outputId)) &&
    (given === undefined || given.has(row.actionId)) &&
    (makers === undefined || makers.has(row.actionId)) &&
    (filter.coinbaseOnly !== true || row.maturesAtHeight !== null)
  for await (const rows of source()) {
    const meant = rows.filter(isMeant)
    if (meant.length > 0) yield meant
  }

  async function* source(): AsyncGenerator<OutputRow[]> {
    const byAction = [makers, given].filter((set) => set !== undefined).sort((one, other) => one.size - other.size)[0]
    if (ids !== undefined) return yield* batches([...ids], (some) => outputs.many(some))
    if (byAction !== undefined) {
      const made = (actionId: number): Promise<OutputRow[]> =>
        outputs.all({ index: 'actionVout', range: startingWith(actionId) })
      return yield* batches([...byAction], async (some) => (await Promise.all(some.map(made))).flat())
    }
    if (filter.coinbaseOnly === true) {
      const coinbase = await outputs.keys('maturesAtHeight', IDBKeyRange.lowerBound(0))
      return yield* batches(coinbase as number[], (some) => outputs.many(some))
    }
    yield* outputs.pages()
  }
}

async function* batches<Id>(
  ids: readonly Id[],
  read: (some: readonly Id[]) => Promise<OutputRow[]>,
): AsyncGenerator<OutputRow[]> {
  for (let start = 0; start < ids.length; start += BATCH) yield await read(ids.slice(start, start + BATCH))
}

function idOf({ actionId }: ActionRow): number {
  return actionId
}
