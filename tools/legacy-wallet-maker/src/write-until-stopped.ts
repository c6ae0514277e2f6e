import { ACTIONS, type ActionKind } from './actions/action-kinds.js'
import { Faucet } from './faucet.js'
import type { OpenLegacyWallet } from './open-legacy-wallet.js'
import { seededKeyHex, seededRandom } from './seeded-random.js'

/** One thing the writer did, and what of it is committed in the database. */
export interface WriteRecord {
  /** Counts from 1. */
  sequence: number
  kind: ActionKind | 'list'
  ok: boolean
  /** Milliseconds since 1970, when the call began. */
  startedAt: number
  /** Wall time of the call alone. */
  latencyMs: number
  /** Actions that are new since the last record, drafts included. */
  actions: {
    transactionId: number
    reference: string
    txid: string | null
    status: string
    outputIds: number[]
    spentOutputIds: number[]
  }[]
  /** What the published code threw, when it did. */
  error?: string
}

export interface WriteUntilStoppedOptions {
  wallet: OpenLegacyWallet
  seed: number
  /** Writes to do; without end unless told. */
  count?: number
  /** Pause between two writes. Default 0. */
  pauseMs?: number
  signal?: AbortSignal
  /** Called after each write, when its rows are committed. */
  onWrite: (record: WriteRecord) => void
}

/** What the writer does over and over. Nothing here fails on a healthy database. */
const WRITES: Readonly<Partial<Record<ActionKind | 'list', number>>> = {
  sendNow: 6,
  sendLater: 2,
  keepUnsent: 2,
  abortUnsent: 2,
  leaveDraft: 1,
  abortDraft: 1,
  mintTokens: 2,
  spendToken: 1,
  receiveProven: 2,
  receiveUnproven: 1,
  list: 2,
}

/**
 * Keeps acting on an open wallet, as a live application does, and says what it committed. A write that fails is reported
 * and the next one follows: so does a server whose database is locked or has moved away.
 */
export async function writeUntilStopped(options: WriteUntilStoppedOptions): Promise<number> {
  const { wallet, seed, count = Number.POSITIVE_INFINITY, pauseMs = 0, signal, onWrite } = options
  const { storage, services } = wallet
  const random = seededRandom(seed)
  const faucet = new Faucet(services, seededKeyHex(seed, 'writer faucet'), random)
  const context = { user: wallet, users: [wallet], storage, services, faucet, random, background: [] }
  const weights = WRITES as Readonly<Record<ActionKind | 'list', number>>
  let newest = await newestTransactionId(wallet)
  let sequence = 0

  while (sequence < count && signal?.aborted !== true) {
    sequence++
    const kind = random.pickWeighted(weights)
    const startedAt = Date.now()
    const begun = performance.now()
    let error: string | undefined
    try {
      await (kind === 'list' ? list(wallet) : ACTIONS[kind](context))
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown)
    }
    const latencyMs = performance.now() - begun
    const actions = await committedSince(wallet, newest).catch(() => [])
    newest = actions.at(-1)?.transactionId ?? newest
    onWrite({
      sequence,
      kind,
      ok: error === undefined,
      startedAt,
      latencyMs,
      actions,
      ...(error !== undefined && { error }),
    })
    // Also without a pause: all of the above runs in microtasks, and signals and output wait for the event loop.
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return sequence
}

async function list({ wallet }: OpenLegacyWallet): Promise<void> {
  await wallet.listActions({ labels: [], limit: 25, includeLabels: true })
  await wallet.listOutputs({ basket: 'default', limit: 25 })
}

async function newestTransactionId({ storage, userId }: OpenLegacyWallet): Promise<number> {
  const row: { newest?: number | null } | undefined = await storage
    .knex('transactions')
    .where({ userId })
    .max({ newest: 'transactionId' })
    .first()
  return row?.newest ?? 0
}

async function committedSince({ storage, userId }: OpenLegacyWallet, newest: number): Promise<WriteRecord['actions']> {
  const rows: Omit<WriteRecord['actions'][number], 'outputIds' | 'spentOutputIds'>[] = await storage
    .knex('transactions')
    .where({ userId })
    .where('transactionId', '>', newest)
    .orderBy('transactionId')
    .select('transactionId', 'reference', 'txid', 'status')
  return await Promise.all(
    rows.map(async (row) => {
      const { transactionId } = row
      const outputs = storage.knex('outputs').orderBy('outputId')
      const outputIds: number[] = await outputs.clone().where({ transactionId }).pluck('outputId')
      const spentOutputIds: number[] = await outputs.clone().where({ spentBy: transactionId }).pluck('outputId')
      return { ...row, outputIds, spentOutputIds }
    }),
  )
}
