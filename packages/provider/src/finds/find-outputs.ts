import { PROCESSING_STATUSES, type ActionStanding, type OutputRow } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import { assertOwnRow, authorize } from '../auth.js'
import { checkObject, checkTexts } from '../check-shape.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import { toTableOutput } from '../projection/rows.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId, FindOutputsArgs } from '../published/arguments.js'
import type { TableOutput } from '../published/rows.js'
import { matchOf, type FilterColumns } from './match-of.js'
import { pageOf } from './page-of.js'

/** The user's outputs that match, in order of `outputId`, with their scripts unless `noScript`. */
export async function findOutputs(
  context: ProviderContext,
  auth: AuthId,
  args: FindOutputsArgs,
): Promise<TableOutput[]> {
  // `spendable` means what it means in the answer: nothing spends or withholds the output.
  const { spendable: isFree, userId: _, ...match } = matchOf<OutputRow>(checkObject('args', args).partial, COLUMNS)
  const { descending = false } = pageOf(args)
  const { since, paged } = args
  const madeBy = args.txStatus === undefined ? undefined : standingsShownAs(checkTexts('txStatus', args.txStatus))
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    assertOwnRow(userId, args.partial)
    const found = await tx.outputs.find({
      userId,
      match,
      descending,
      ...(isFree === undefined ? {} : { isFree }),
      ...(since === undefined ? {} : { since }),
      ...(madeBy === undefined ? {} : { madeBy }),
      ...(paged === undefined ? {} : { limit: paged.limit, offset: paged.offset ?? 0 }),
    })
    const scripts = args.noScript === true ? undefined : await lockingScriptsOf(tx, found)
    return found.map((output) => toTableOutput(output, scripts?.get(output.outputId)))
  })
}

/** What an action may be that the published schema would show with one of these statuses. */
function standingsShownAs(statuses: readonly string[]): readonly ActionStanding[] {
  const shown: ActionStanding[] = []
  for (const processing of [...PROCESSING_STATUSES, null]) {
    for (const userAborted of [false, true]) {
      for (const isOutgoing of [false, true]) {
        const { transaction } = processingToLegacy(processing ?? undefined, { aborted: userAborted, isOutgoing })
        if (statuses.includes(transaction)) shown.push({ processing, userAborted, isOutgoing })
      }
    }
  }
  return shown
}

/** Every column but the binary one. */
const COLUMNS: FilterColumns<OutputRow> = {
  outputId: 'number',
  userId: 'number',
  actionId: 'number',
  basketId: 'number',
  spendable: 'boolean',
  change: 'boolean',
  outputDescription: 'text',
  vout: 'number',
  satoshis: 'number',
  providedBy: 'text',
  purpose: 'text',
  type: 'text',
  txid: 'text',
  senderIdentityKey: 'text',
  derivationPrefix: 'text',
  derivationSuffix: 'text',
  customInstructions: 'text',
  spentByActionId: 'number',
  sequenceNumber: 'number',
  spendingDescription: 'text',
  scriptLength: 'number',
  scriptOffset: 'number',
  createdAt: 'date',
  updatedAt: 'date',
}
