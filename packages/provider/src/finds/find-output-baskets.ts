import type { OutputBasketRow } from '@txkeep/core'
import { assertOwnRow, authorize } from '../auth.js'
import { checkObject } from '../check-shape.js'
import { toTableBasket } from '../projection/rows.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId, FindOutputBasketsArgs } from '../published/arguments.js'
import type { TableOutputBasket } from '../published/rows.js'
import { matchOf, type FilterColumns } from './match-of.js'
import { pageOf, takePage } from './page-of.js'

/** The user's baskets that match, in order of `basketId`. */
export async function findOutputBaskets(
  context: ProviderContext,
  auth: AuthId,
  args: FindOutputBasketsArgs,
): Promise<TableOutputBasket[]> {
  const match = matchOf<OutputBasketRow>(checkObject('args', args).partial, COLUMNS)
  const page = pageOf(args)
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    assertOwnRow(userId, args.partial)
    const rows = await tx.baskets.find({ ...match, userId }, page)
    return takePage(rows, args).map(toTableBasket)
  })
}

const COLUMNS: FilterColumns<OutputBasketRow> = {
  basketId: 'number',
  userId: 'number',
  name: 'text',
  numberOfDesiredUTXOs: 'number',
  minimumDesiredUTXOValue: 'number',
  isDeleted: 'boolean',
  createdAt: 'date',
  updatedAt: 'date',
}
