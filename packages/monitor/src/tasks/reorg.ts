import type { BlockHeader, TransactionRow } from '@txkeep/core'
import { ServiceError } from '../service-error.js'
import { ask } from '../ask.js'
import { eachRow, transactionsIn } from '../each-row.js'
import { lookForProof } from '../look-for-proof.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

/** The hashes of the best chain as of the last run, by height, newest first: at most `WINDOW_BLOCKS`. */
type Window = ReadonlyMap<number, string>

/**
 * Finds the transactions whose block left the best chain, and looks for new proofs of them. The headers themselves tell of a reorg;
 * the status is the queue. Source: docs/spec/monitor.md §2, R1 to R4.
 */
export const reorgTask: MonitorTask = {
  name: 'reorg',
  everyMs: 600_000,
  async run(context) {
    const { window, reorged } = await findReorged(context)
    const { rows, errors } = await eachRow(context, transactionsIn(context, ['reorging']), (row) =>
      proveAgain(context, row),
    )
    return { cursor: writeWindow(window), facts: { reorged, waiting: rows, errors } }
  },
}

const WINDOW_BLOCKS = 144
const NEXT_TRY_MS = 600_000

async function findReorged(context: TaskContext): Promise<{ readonly window: Window; readonly reorged: number }> {
  const known = readWindow(context.cursor)
  const tip = await context.service.getChainTip()
  const { blockHash } = tip ?? {}
  if (tip === undefined || blockHash === null || blockHash === undefined) return { window: known, reorged: 0 }
  // A tip that is lower for a while on the same chain takes nothing back.
  if (known.get(tip.height) === blockHash) return { window: known, reorged: 0 }
  const walked = await walkBack(context, blockHash, known)
  const fork = Math.min(...walked.keys()) - 1
  let reorged = 0
  const source = {
    list: (afterId: number, limit: number) =>
      context.store.read((tx) => tx.transactions.listProvenFrom({ height: fork + 1, afterId, limit })),
    idOf: ({ transactionId }: TransactionRow) => transactionId,
  }
  const { errors, firstError } = await eachRow(context, source, async (row) => {
    if (isOnChain(row, walked, known, tip.height)) return
    const { transactionId } = row
    reorged += (await context.service.reorgTransactions([transactionId], { tipHeight: tip.height })).reorged.length
  })
  // The window moves on only when every row was judged: the next run looks at all of them again.
  if (errors > 0) throw new ServiceError(`Some transactions could not be looked at after a new block: ${firstError}`)
  const kept = [...known].filter(([height]) => height <= fork)
  const added = [...walked].map(([height, { hash }]) => [height, hash] as const)
  const window = new Map([...added, ...kept].sort(([a], [b]) => b - a).slice(0, WINDOW_BLOCKS))
  return { window, reorged }
}

/** The headers from the tip down to the first one that is known, without it; on the first run, or after long, a window of them. */
async function walkBack(
  context: TaskContext,
  tipHash: string,
  known: Window,
): Promise<ReadonlyMap<number, BlockHeader>> {
  const walked = new Map<number, BlockHeader>()
  let hash = tipHash
  const lowestKnown = Math.min(...known.keys())
  for (;;) {
    const wanted = hash
    const header = await ask(context, () => context.network.findHeaderForBlockHash(wanted))
    if (header === undefined) throw new ServiceError(`No provider has the header ${wanted}.`)
    walked.set(header.height, header)
    const parentHeight = header.height - 1
    if (header.height === 0 || known.get(parentHeight) === header.previousHash) return walked
    const isBelowKnown = known.size === 0 || parentHeight < lowestKnown
    const isEnough = walked.size >= WINDOW_BLOCKS || !(await hasProvenBelow(context, header.height))
    if (isBelowKnown && isEnough) return walked
    hash = header.previousHash
  }
}

async function hasProvenBelow({ store }: TaskContext, height: number): Promise<boolean> {
  const lowest = await store.read((tx) => tx.transactions.listProvenFrom({ height: 0, limit: 1000 }))
  return lowest.some((row) => row.height !== null && row.height < height)
}

function isOnChain(
  { height, blockHash, merkleRoot }: TransactionRow,
  headers: ReadonlyMap<number, BlockHeader>,
  known: Window,
  tipHeight: number,
): boolean {
  if (height === null) return true
  // Above a tip on another branch there is no block any more; a proof that is merely ahead of the tip waits for it.
  if (height > tipHeight) return blockHash === null || known.get(height) !== blockHash
  const header = headers.get(height)
  if (header === undefined) return true
  return blockHash === null ? merkleRoot === header.merkleRoot : blockHash === header.hash
}

async function proveAgain(context: TaskContext, row: TransactionRow): Promise<void> {
  const search = await lookForProof(context, row)
  if (search === 'recorded' || search === 'stale') return
  const nextActionAt = new Date(context.clock.now().getTime() + NEXT_TRY_MS)
  const { transactionId, rowVersion, processing } = row
  if (search === 'none') {
    await context.service.recordProofAttempt({ transactionId, expectedVersion: rowVersion, nextActionAt })
    return
  }
  const move = { transactionId, expectedFrom: processing, expectedVersion: rowVersion, to: processing }
  await context.service.transition({ ...move, nextActionAt })
}

function readWindow(cursor: string | null): Window {
  try {
    return new Map(JSON.parse(cursor ?? '[]') as [number, string][])
  } catch {
    return new Map()
  }
}

function writeWindow(window: Window): string {
  return JSON.stringify([...window])
}
