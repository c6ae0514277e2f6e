import type { ActionRow, ActionStanding, OutputFindQuery, OutputRow, TransactionRow } from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import { matches } from './matches.js'
import { startingWith } from './ranges.js'

interface FindTables {
  readonly outputs: RecordTable<OutputRow>
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
}

/** One page of a user's outputs that are as asked for, in order of `outputId`. */
export async function findOutputs(tables: FindTables, query: OutputFindQuery): Promise<OutputRow[]> {
  const { userId, match = {}, isFree, since, madeBy, limit, offset = 0, descending = false } = query
  const rows = (await candidates(tables, query)).filter(
    (row) =>
      row.userId === userId &&
      matches(row, match) &&
      (isFree === undefined || (row.spentByActionId === null && row.withheld === null) === isFree) &&
      (since === undefined || row.updatedAt >= since),
  )
  const meant = madeBy === undefined ? rows : await madeByOneOf(tables, rows, madeBy)
  meant.sort((one, other) => (one.outputId - other.outputId) * (descending ? -1 : 1))
  return meant.slice(offset, limit === undefined ? undefined : offset + limit)
}

/** By the narrowest column that is asked for and has an index; else all of the user's. */
async function candidates({ outputs }: FindTables, { userId, match, since }: OutputFindQuery): Promise<OutputRow[]> {
  const ids = (value: number | readonly number[] | null | undefined): readonly number[] | undefined =>
    typeof value === 'number' ? [value] : (value ?? undefined)
  const outputIds = ids(match?.outputId)
  if (outputIds !== undefined) return outputs.many(outputIds)
  const spenders = ids(match?.spentByActionId)
  if (spenders !== undefined) return outputs.many(spenders, 'spentByActionId')
  const makers = ids(match?.actionId)
  if (makers !== undefined) {
    const made = (maker: number): Promise<OutputRow[]> =>
      outputs.all({ index: 'actionVout', range: startingWith(maker) })
    return (await Promise.all([...new Set(makers)].map(made))).flat()
  }
  if (since !== undefined) {
    return outputs.all({ index: 'changed', range: IDBKeyRange.bound([userId, since], [userId, []]) })
  }
  return outputs.all({ index: 'user', range: startingWith(userId) })
}

async function madeByOneOf(
  { actions, transactions }: FindTables,
  rows: readonly OutputRow[],
  standings: readonly ActionStanding[],
): Promise<OutputRow[]> {
  const makers = await actions.many(rows.map(({ actionId }) => actionId))
  const made = await transactions.many(makers.flatMap(({ transactionId }) => transactionId ?? []))
  const statusOf = new Map(made.map((row) => [row.transactionId, row.processing]))
  const meant = makers.filter(({ transactionId, userAborted, isOutgoing }) => {
    const processing = statusOf.get(transactionId ?? 0) ?? null
    return standings.some(
      (one) => one.processing === processing && one.userAborted === userAborted && one.isOutgoing === isOutgoing,
    )
  })
  const meantIds = new Set(meant.map(({ actionId }) => actionId))
  return rows.filter(({ actionId }) => meantIds.has(actionId))
}
