import { Validation, type RelinquishOutputArgs } from '@bsv/sdk'
import { authorize } from '../auth.js'
import { checkObject } from '../check-shape.js'
import { checkNoNul } from '../check-text.js'
import { WERR_BAD_REQUEST } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/**
 * How many outputs of the user left this basket: 1. Only the basket is cleared; the output stays spendable.
 * Source: docs/spec/wallet-storage.md §9, D26.
 *
 * @throws {WERR_BAD_REQUEST} if the user has no such output in this basket.
 */
export async function relinquishOutput(
  context: ProviderContext,
  auth: AuthId,
  args: RelinquishOutputArgs,
): Promise<number> {
  for (const name of ['basket', 'output'] as const) checkNoNul(name, checkObject('args', args)[name])
  const { basket, output } = Validation.validateRelinquishOutputArgs(args)
  const outpoint = Validation.parseWalletOutpoint(output)
  return context.store.write(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const [named] = await tx.baskets.find({ userId, name: basket, isDeleted: false }, { limit: 1 })
    const rows = await tx.outputs.findByOutpoints([outpoint], userId)
    const row = rows.find(({ basketId }) => named !== undefined && basketId === named.basketId)
    if (row === undefined) throw new WERR_BAD_REQUEST(`The user has no output ${output} in the basket ${basket}.`)
    await tx.outputs.update(row.outputId, { basketId: null })
    return 1
  })
}
