import {
  PROCESSING_STATUSES,
  TxkeepError,
  type ActionRow,
  type OutputRow,
  type Store,
  type TransactionRow,
} from '@txkeep/core'
import { nextStatuses } from '@txkeep/fsm'
import { TransactionService, verifyProof, type VerifiedProof } from '@txkeep/lifecycle'
import { buildCoinbase, buildProof, buildTransaction, hashOf, nextSerial } from '@txkeep/testkit'

/** Whole numbers below `limit`, the same for the same seed. */
export type Random = (limit: number) => number

/** A small generator that repeats (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

export interface NewWriteOptions {
  /** Leaves the fate of transactions alone that came from the legacy wallet: a real network would not take their proofs away. */
  readonly sparesLegacy?: boolean
}

interface Step {
  readonly store: Store
  readonly service: TransactionService
  readonly random: Random
  readonly userId: number
  readonly transactions: readonly TransactionRow[]
  readonly actions: readonly ActionRow[]
  readonly outputs: readonly OutputRow[]
}

/**
 * What a new application does under the new schema, `count` calls of every kind in any order: drafts, signing, broadcast outcomes,
 * proofs, reorgs, aborts, withheld coins, labels, tags, shared transactions. Calls the rules refuse are part of it. Resolves to how
 * many were not.
 */
export async function writeUnderNewSchema(
  store: Store,
  userIds: readonly number[],
  random: Random,
  count: number,
  options: NewWriteOptions = {},
): Promise<number> {
  const service = new TransactionService({ store, who: 'test', random: () => 0 })
  let done = 0
  const read = async (): Promise<Rows> => {
    const rows = await readRows(store, userIds)
    if (options.sparesLegacy !== true) return rows
    return { ...rows, transactions: rows.transactions.filter((row) => isOurs(row)) }
  }
  let state = await read()
  for (let call = 0; call < count; call += 1) {
    const userId = userIds[random(userIds.length)] ?? 0
    // Rows that are a few calls old are met with a refusal, as they are by an application.
    if (call % 5 === 0) state = await read()
    const work = CALLS[random(CALLS.length)] ?? draft
    try {
      await work({ store, service, random, userId, ...state })
      done += 1
    } catch (error) {
      if (!(error instanceof TxkeepError)) throw error
    }
  }
  return done
}

type Rows = Pick<Step, 'transactions' | 'actions' | 'outputs'>

function isOurs({ legacyReqId, legacyProvenId }: TransactionRow): boolean {
  return legacyReqId === null && legacyProvenId === null
}

async function readRows(store: Store, userIds: readonly number[]): Promise<Rows> {
  return await store.read(async (tx) => {
    const transactions = await tx.transactions.listByProcessing({ processing: PROCESSING_STATUSES, limit: 100_000 })
    const actions: ActionRow[] = []
    const outputs: OutputRow[] = []
    for (const userId of userIds) {
      actions.push(...(await tx.actions.list({ userId, includeHidden: true, limit: 100_000 })).rows)
      outputs.push(...(await tx.outputs.list({ userId, show: 'all', limit: 100_000 })).rows)
    }
    return { transactions, actions, outputs }
  })
}

type Call = (step: Step) => Promise<unknown>

const receive: Call = ({ service, random, userId }) => {
  const processing = pick(random, ['sent', 'seen', 'seen_multi', 'sending', 'nosend', 'queued'] as const) ?? 'sent'
  const { txid, rawTx } = buildTransaction({ outputs: [1000, 2000], salt: `received ${nextSerial()}` })
  return service.createAction({
    userId,
    reference: `received-${nextSerial()}`,
    description: 'received',
    satoshisDelta: 3000,
    labels: ['got', `label ${random(3)}`],
    transaction: { txid, rawTx, processing },
    outputs: [
      { ...coin(0, 1000), basket: 'writes', tags: [`tag ${random(3)}`] },
      { ...coin(1, 2000), basket: 'writes' },
    ],
  })
}

const receiveProven: Call = async ({ service, random, userId }) => {
  const height = heightOf(random)
  const isCoinbase = random(2) === 0
  const { txid, rawTx } = isCoinbase
    ? buildCoinbase({ height, outputs: [5000], salt: nextSerial() })
    : buildTransaction({ outputs: [5000], salt: `proven ${nextSerial()}` })
  return await service.createAction({
    userId,
    reference: `proven-${nextSerial()}`,
    satoshisDelta: 5000,
    transaction: { txid, rawTx, proof: await proofFor(txid, height, isCoinbase ? 0 : 1) },
    outputs: [coin(0, 5000)],
  })
}

const draft: Call = ({ service, random, outputs, userId }) => {
  const usable = outputs.filter((output) => output.userId === userId && (output.spendable || output.pending))
  const input = pick(random, usable)
  return service.createAction({
    userId,
    reference: `draft-${nextSerial()}`,
    isOutgoing: true,
    satoshisDelta: -600,
    labels: ['paid'],
    hidden: random(4) === 0,
    draftInputBeef: Uint8Array.of(1, 2, 3, random(255)),
    inputs: input === undefined ? [] : [{ outputId: input.outputId, purpose: 'delayed' }],
    outputs: [coin(0, 500), { ...coin(1, 400), basket: 'writes', customInstructions: 'kept' }],
  })
}

const sign: Call = async ({ service, random, actions, outputs }) => {
  const action = pick(
    random,
    actions.filter(({ transactionId, reference }) => transactionId === null && reference.startsWith('draft-')),
  )
  if (action === undefined) return
  const { txid, rawTx } = buildTransaction({
    inputs: outputs
      .filter(({ spentByActionId }) => spentByActionId === action.actionId)
      .map((output) => ({ txid: output.txid ?? '0'.repeat(64), vout: output.vout })),
    outputs: [500, 400],
    salt: `signed ${nextSerial()}`,
  })
  const processing = pick(random, ['queued', 'sending', 'nosend', 'nonfinal'] as const) ?? 'queued'
  await service.signAction({ userId: action.userId, reference: action.reference, txid, rawTx, processing })
}

const move: Call = async ({ service, random, transactions }) => {
  const row = pick(random, transactions)
  if (row === undefined) return
  const to = pick(random, nextStatuses(row.processing)) ?? row.processing
  await service.transition({
    transactionId: row.transactionId,
    expectedFrom: row.processing,
    to,
    frozenReason: 'operator: test',
  })
}

const answer: Call = async ({ service, random, transactions }) => {
  const row = pick(random, transactions)
  if (row === undefined) return
  const said = pick(random, ['accept', 'reject', 'unavailable', 'missingInputs', 'doubleSpend'] as const) ?? 'accept'
  const rival = 'ab'.repeat(32)
  await service.recordBroadcastResult({
    transactionId: row.transactionId,
    round: {
      txid: row.txid,
      answers: [
        said === 'doubleSpend'
          ? { provider: 'one', answer: said, competingTxids: [rival] }
          : { provider: 'one', answer: said },
      ],
      lookups: [{ provider: 'one', answer: pick(random, ['unknown', 'known', 'unavailable'] as const) ?? 'unknown' }],
      competitors: [{ txid: rival, spendsOurInput: true, proofVerified: true, minedAccordingTo: [] }],
    },
  })
}

const prove: Call = async ({ service, random, transactions }) => {
  const row = pick(random, transactions)
  if (row === undefined || row.processing === 'confirmed') return
  const proof = await proofFor(row.txid, heightOf(random), row.isCoinbase ? 0 : 1)
  await service.recordProof({ transactionId: row.transactionId, proof })
}

const tip: Call = async ({ service, random }) => await service.setChainTip({ height: BASE_HEIGHT + random(60) })

const promote: Call = async ({ service }) => await service.promoteConfirmed()

const reorg: Call = async ({ service, random }) => await service.reorgBlock(blockHashAt(heightOf(random)))

const reorgLegacy: Call = async ({ service, random, transactions }) => {
  const row = pick(
    random,
    transactions.filter(({ legacyProvenId, processing }) => legacyProvenId !== null && processing === 'confirmed'),
  )
  if (row !== undefined) await service.reorgTransactions([row.transactionId])
}

const abort: Call = async ({ service, random, actions }) => {
  const action = pick(
    random,
    actions.filter(({ isOutgoing }) => isOutgoing),
  )
  if (action !== undefined) await service.abortAction({ userId: action.userId, reference: action.reference })
}

const withhold: Call = async ({ service, random, outputs }) => {
  const output = pick(random, outputs)
  if (output === undefined) return
  const reason = pick(random, ['operator', 'not-utxo'] as const) ?? 'operator'
  await service.withholdOutput({ outputId: output.outputId, reason })
}

const restore: Call = async ({ service, random, outputs }) => {
  const output = pick(
    random,
    outputs.filter(({ withheld }) => withheld === 'not-utxo'),
  )
  if (output !== undefined) await service.restoreOutput({ outputId: output.outputId })
}

const share: Call = async ({ service, random, transactions, userId }) => {
  const row = pick(random, transactions)
  if (row === undefined) return
  await service.findOrCreateActionForTxid({ userId, txid: row.txid, reference: `shared-${nextSerial()}` })
}

const spendElsewhere: Call = async ({ service, random, outputs }) => {
  const output = pick(
    random,
    outputs.filter(({ txid }) => txid !== null),
  )
  if (output?.txid === undefined || output.txid === null) return
  const { txid, rawTx } = buildTransaction({ inputs: [{ txid: output.txid, vout: output.vout }] })
  await service.create({ txid, rawTx, processing: pick(random, ['sent', 'sending', 'nosend'] as const) ?? 'sent' })
}

const relabel: Call = async ({ store, random, actions }) => {
  const action = pick(random, actions)
  if (action === undefined) return
  await store.write(async (tx) => {
    const [label] = await tx.labels.find({ userId: action.userId })
    if (label === undefined) return
    const key = { txLabelId: label.txLabelId, actionId: action.actionId }
    const row = await tx.labelMaps.get(key)
    if (row === undefined) await tx.labelMaps.insert({ ...key, isDeleted: false })
    else await tx.labelMaps.update(key, { isDeleted: !row.isDeleted })
  })
}

const commission: Call = async ({ store, random, actions, userId }) => {
  const action = pick(
    random,
    actions.filter((candidate) => candidate.userId === userId),
  )
  if (action === undefined) return
  await store.write(async (tx) => {
    if ((await tx.commissions.find({ actionId: action.actionId })).length > 0) return
    await tx.commissions.insert({
      userId,
      actionId: action.actionId,
      satoshis: 7,
      keyOffset: 'offset',
      isRedeemed: false,
      lockingScript: Uint8Array.of(0x51),
    })
  })
}

const CALLS: readonly Call[] = [
  receive,
  receive,
  receiveProven,
  draft,
  draft,
  draft,
  sign,
  sign,
  sign,
  move,
  move,
  answer,
  answer,
  prove,
  prove,
  tip,
  promote,
  reorg,
  reorgLegacy,
  abort,
  withhold,
  restore,
  share,
  spendElsewhere,
  relabel,
  commission,
]

/** Above everything the fixture proves. */
const BASE_HEIGHT = 1000

function heightOf(random: Random): number {
  return BASE_HEIGHT - random(4)
}

function blockHashAt(height: number): string {
  return hashOf(`block ${height}`)
}

async function proofFor(txid: string, height: number, merkleIndex: number): Promise<VerifiedProof> {
  const built = buildProof({ txid, height, merkleIndex })
  return await verifyProof(built.merklePath, txid, {
    isValidRootForHeight: async () => true,
    findHeaderForHeight: async () => ({
      version: 1,
      previousHash: hashOf('previous'),
      merkleRoot: built.merkleRoot,
      time: 0,
      bits: 0,
      nonce: 0,
      height,
      hash: blockHashAt(height),
    }),
  })
}

function coin(
  vout: number,
  satoshis: number,
): { vout: number; satoshis: number; providedBy: string; purpose: string; type: string; change: boolean } {
  return { vout, satoshis, providedBy: 'storage', purpose: 'change', type: 'P2PKH', change: true }
}

function pick<T>(random: Random, values: readonly T[]): T | undefined {
  return values.length === 0 ? undefined : values[random(values.length)]
}
