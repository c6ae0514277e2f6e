import {
  PROCESSING_STATUSES,
  type ActionRow,
  type ProcessingStatus,
  type StoreReader,
  type TransactionRow,
} from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import { checkObject, checkTexts } from '../check-shape.js'
import { changedAt, toTableProvenTxReq } from '../projection/transaction-rows.js'
import type { ProviderContext } from '../provider-context.js'
import type { FindProvenTxReqsArgs } from '../published/arguments.js'
import type { TableProvenTxReq } from '../published/sync-rows.js'
import { matchOf, type FilterColumns } from './match-of.js'
import { pageOf } from './page-of.js'

/**
 * The transactions that match, as published requests, in order of their number. Of all users, as published: the call names none.
 * Source: docs/spec/wallet-storage.md §9.
 */
export async function findProvenTxReqs(
  context: ProviderContext,
  args: FindProvenTxReqsArgs,
): Promise<TableProvenTxReq[]> {
  const match = matchOf<RequestColumns>(checkObject('args', args).partial, COLUMNS)
  const { descending = false } = pageOf(args)
  const statuses = args.status === undefined ? undefined : checkTexts('status', args.status)
  const txids = args.txids === undefined ? undefined : checkTexts('txids', args.txids)
  const isWanted = (row: TableProvenTxReq): boolean =>
    isMatch(row, match) &&
    (statuses === undefined || statuses.includes(row.status)) &&
    (txids === undefined || txids.includes(row.txid)) &&
    (args.since === undefined || row.updated_at.getTime() >= args.since.getTime())
  return context.store.read(async (tx) => {
    const found: TableProvenTxReq[] = []
    for await (const rows of candidates(tx, match, { statuses, txids })) {
      found.push(...(await asRequests(tx, rows)).filter(isWanted))
    }
    found.sort((a, b) => (descending ? b.provenTxReqId - a.provenTxReqId : a.provenTxReqId - b.provenTxReqId))
    const offset = args.paged?.offset ?? 0
    return args.paged === undefined ? found : found.slice(offset, offset + args.paged.limit)
  })
}

/** The published columns under the names `matchOf` gives them. */
interface RequestColumns extends Omit<TableProvenTxReq, 'created_at' | 'updated_at'> {
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** By the narrowest thing the filter names, page by page. */
async function* candidates(
  tx: StoreReader,
  { txid, batch, status }: Partial<RequestColumns>,
  given: { readonly statuses: readonly string[] | undefined; readonly txids: readonly string[] | undefined },
): AsyncGenerator<readonly TransactionRow[]> {
  const txids = txid === undefined ? given.txids : [txid]
  if (txids !== undefined) return yield tx.transactions.findByTxids([...new Set(txids)])
  if (batch !== undefined) return yield tx.transactions.findByBatch(batch)
  const processing = statusesShownAs(status === undefined ? given.statuses : [status])
  if (processing.length === 0) return
  let afterId: number | undefined
  for (;;) {
    const page = { processing, limit: PAGE_ROWS, ...(afterId === undefined ? {} : { afterId }) }
    const rows = await tx.transactions.listByProcessing(page)
    yield rows
    if (rows.length < PAGE_ROWS) return
    afterId = rows.at(-1)?.transactionId
  }
}

const PAGE_ROWS = 1000

function statusesShownAs(requests: readonly string[] | undefined): readonly ProcessingStatus[] {
  if (requests === undefined) return PROCESSING_STATUSES
  return PROCESSING_STATUSES.filter((processing) => {
    const request = processingToLegacy(processing, { aborted: false, isOutgoing: true }).request
    return request !== undefined && requests.includes(request)
  })
}

/** A transaction that is an ancestor and nobody's action has no request in the published schema either. */
async function asRequests(tx: StoreReader, rows: readonly TransactionRow[]): Promise<readonly TableProvenTxReq[]> {
  const actionsOf = new Map<number | null, ActionRow[]>()
  for (const action of await tx.actions.findByTransactions(rows.map(({ transactionId }) => transactionId))) {
    const actions = actionsOf.get(action.transactionId) ?? []
    actionsOf.set(action.transactionId, [...actions, action])
  }
  return rows.flatMap((transaction) => {
    const actions = actionsOf.get(transaction.transactionId) ?? []
    const [action] = actions
    const request = action && toTableProvenTxReq({ action, transaction })
    if (request === undefined) return []
    const changed = actions.map((each) => changedAt({ action: each, transaction }).getTime())
    const notify = JSON.stringify({ transactionIds: actions.map(({ actionId }) => actionId) })
    return [{ ...request, notify, updated_at: new Date(Math.max(...changed)) }]
  })
}

function isMatch(row: TableProvenTxReq, match: Partial<RequestColumns>): boolean {
  const { created_at: createdAt, updated_at: updatedAt, ...columns } = row
  const stored: Readonly<Record<string, unknown>> = { ...columns, createdAt, updatedAt }
  return Object.entries(match).every(([name, wanted]: [string, unknown]) => {
    const value = stored[name]
    return value instanceof Date && wanted instanceof Date ? value.getTime() === wanted.getTime() : value === wanted
  })
}

/** Every column but the binary ones. */
const COLUMNS: FilterColumns<RequestColumns> = {
  provenTxReqId: 'number',
  provenTxId: 'number',
  status: 'text',
  attempts: 'number',
  notified: 'boolean',
  txid: 'text',
  batch: 'text',
  history: 'text',
  notify: 'text',
  wasBroadcast: 'boolean',
  rebroadcastAttempts: 'number',
  createdAt: 'date',
  updatedAt: 'date',
}
