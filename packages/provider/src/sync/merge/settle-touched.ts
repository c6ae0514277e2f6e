import { parseRawTransaction } from '@txkeep/lifecycle'
import { noteArrival, type Merge } from './merge.js'

/**
 * Every transaction of the chunk takes the coins it spends, and its own get their flags. A coin taken this way keeps its moment of
 * change: what its owner changed in the other store may still be on its way.
 */
export async function settleTouched(merge: Merge): Promise<void> {
  const { tx, service, touched, userId } = merge
  if (touched.size === 0) return
  const ids = [...touched]
  const spent = (await tx.transactions.findByIds(ids)).flatMap(({ rawTx }) =>
    rawTx === null ? [] : parseRawTransaction(rawTx).inputs,
  )
  const before = spent.length === 0 ? [] : await tx.outputs.findByOutpoints(spent, userId)
  await service.settleTransactions(ids, userId)
  const after = new Map(
    (before.length === 0 ? [] : await tx.outputs.findByIds(before.map(({ outputId }) => outputId))).map((row) => [
      row.outputId,
      row,
    ]),
  )
  for (const { outputId, updatedAt } of before) {
    if (after.get(outputId)?.updatedAt.getTime() === updatedAt.getTime()) continue
    await tx.outputs.update(outputId, { updatedAt })
    await noteArrival(merge, 'output', [outputId])
  }
}
