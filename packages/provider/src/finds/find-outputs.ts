import type { ListedOutput, OutputRow, StoreReader } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import { assertOwnRow, authorize } from '../auth.js'
import { checkTexts } from '../check-shape.js'
import { lockingScriptsOf } from '../outputs/locking-scripts.js'
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
  const match: OutputMatch = matchOf<OutputRow>(args.partial, COLUMNS)
  const { descending = false } = pageOf(args)
  const statuses = args.txStatus && checkTexts('txStatus', args.txStatus)
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    assertOwnRow(userId, args.partial)
    const candidates = (await findCandidates(tx, userId, match)).filter(
      (output) => output.userId === userId && isMatch(output, match) && isSince(output, args.since),
    )
    const wanted = statuses === undefined ? candidates : await withStatus(tx, candidates, statuses)
    const ordered = [...wanted].sort((a, b) => (descending ? b.outputId - a.outputId : a.outputId - b.outputId))
    const offset = args.paged?.offset ?? 0
    const page = args.paged === undefined ? ordered : ordered.slice(offset, offset + args.paged.limit)
    const scripts = args.noScript === true ? undefined : await lockingScriptsOf(tx, page)
    return page.map((output) => toTableOutput(output, scripts?.get(output.outputId)))
  })
}

type OutputMatch = Partial<OutputRow>

/** By the narrowest thing the filter names, so that a wallet that asks for one output never reads them all. */
async function findCandidates(tx: StoreReader, userId: number, match: OutputMatch): Promise<readonly OutputRow[]> {
  const { outputId, actionId, txid, vout, spentByActionId, basketId } = match
  if (typeof outputId === 'number') return tx.outputs.findByIds([outputId])
  if (typeof actionId === 'number') return tx.outputs.findByAction(actionId)
  if (typeof txid === 'string' && typeof vout === 'number') return tx.outputs.findByOutpoints([{ txid, vout }], userId)
  if (typeof spentByActionId === 'number') return tx.outputs.findSpentBy([spentByActionId])
  const rows: ListedOutput[] = []
  for (;;) {
    const page = await tx.outputs.list({
      userId,
      ...(typeof basketId === 'number' ? { basketId } : {}),
      show: 'all',
      limit: PAGE_ROWS,
      offset: rows.length,
    })
    rows.push(...page.rows)
    if (page.rows.length < PAGE_ROWS) return rows
  }
}

const PAGE_ROWS = 1000

/** `spendable` means what it means in the answer: nothing spends or withholds the output. */
function isMatch(output: OutputRow, { spendable, ...columns }: OutputMatch): boolean {
  if (spendable !== undefined && toTableOutput(output, undefined).spendable !== spendable) return false
  return (Object.keys(columns) as (keyof typeof columns)[]).every((name) => {
    const [stored, wanted] = [output[name], columns[name]]
    return stored instanceof Date && wanted instanceof Date ? stored.getTime() === wanted.getTime() : stored === wanted
  })
}

function isSince(output: OutputRow, since: Date | undefined): boolean {
  return since === undefined || output.updatedAt.getTime() >= since.getTime()
}

/** Of these outputs those whose action the published schema would show with one of these statuses. */
async function withStatus(
  tx: StoreReader,
  outputs: readonly OutputRow[],
  statuses: readonly string[],
): Promise<readonly OutputRow[]> {
  const actions = await tx.actions.findByIds([...new Set(outputs.map((output) => output.actionId))])
  const transactionIds = actions.flatMap(({ transactionId }) => (transactionId === null ? [] : [transactionId]))
  const transactions = new Map(
    (await tx.transactions.findByIds([...new Set(transactionIds)])).map((row) => [row.transactionId, row]),
  )
  const wanted = new Set<number>()
  for (const { actionId, transactionId, userAborted, isOutgoing } of actions) {
    const processing = transactionId === null ? undefined : transactions.get(transactionId)?.processing
    const { transaction } = processingToLegacy(processing, { aborted: userAborted, isOutgoing })
    if (statuses.includes(transaction)) wanted.add(actionId)
  }
  return outputs.filter((output) => wanted.has(output.actionId))
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
