import {
  COINBASE_MATURITY_BLOCKS,
  type ActionRow,
  type NewActionRow,
  type NewOutputRow,
  type NewTransactionRow,
  type OutputRow,
  type ProcessingStatus,
  type Store,
  type StoreWriter,
  type TransactionRow,
} from '@txkeep/core'
import { buildCoinbase } from './build-coinbase.js'
import { buildProof } from './build-proof.js'
import { buildTransaction, type BuiltTransaction, type PlannedInput } from './build-transaction.js'
import { nextSerial } from './serial.js'

/** What `seedAction` stored: `transaction` and `built` are undefined for a draft. */
export interface SeededAction {
  readonly action: ActionRow
  readonly outputs: readonly OutputRow[]
  readonly transaction: TransactionRow | undefined
  readonly built: BuiltTransaction | undefined
}

/** A `SeededAction` that is signed. */
export interface SeededSignedAction extends SeededAction {
  readonly transaction: TransactionRow
  readonly built: BuiltTransaction
}

/** An amount in satoshis, or an amount with columns of its own. */
export type OutputSeed = number | ({ readonly satoshis: number } & Partial<Omit<NewOutputRow, 'userId' | 'actionId'>>)

export interface ActionSeed {
  readonly userId: number
  /** The basket of its outputs; none unless given. */
  readonly basketId?: number
  /** The status of its transaction, or `draft`; `sent` unless given. A proven status gets a well-formed proof. */
  readonly processing?: ProcessingStatus | 'draft'
  /** One output of 1000 satoshis unless given. */
  readonly outputs?: readonly OutputSeed[]
  /** Outpoints the raw transaction consumes. */
  readonly inputs?: readonly PlannedInput[]
  /** Outputs this action holds: they become inputs of the raw transaction, and spent by it. */
  readonly spends?: readonly OutputRow[]
  /** The height of its proof, when `processing` is a proven status or a coinbase; 100 unless given. */
  readonly height?: number
  readonly isCoinbase?: boolean
  /** A transaction already stored, e.g. another user's view of it, instead of a new one. */
  readonly built?: BuiltTransaction
  readonly action?: Partial<Omit<NewActionRow, 'userId'>>
  readonly transaction?: Partial<Omit<NewTransactionRow, 'txid'>>
}

/** An action with its transaction and outputs, in one unit of work, the outputs' flags as the rule gives them. */
export function seedAction(store: Store, seed: ActionSeed & { readonly processing: 'draft' }): Promise<SeededAction>
export function seedAction(
  store: Store,
  seed: ActionSeed & { readonly processing?: ProcessingStatus },
): Promise<SeededSignedAction>
export function seedAction(store: Store, seed: ActionSeed): Promise<SeededAction> {
  return store.write((tx) => insertAction(tx, seed))
}

/** `seedAction` inside a unit of work that is already open. */
export async function insertAction(tx: StoreWriter, seed: ActionSeed): Promise<SeededAction> {
  const built = seed.processing === 'draft' ? undefined : buildFor(seed)
  const transaction = built === undefined ? undefined : await insertTransaction(tx, seed, built)
  const action = await tx.actions.insert({
    reference: `reference-${nextSerial()}`,
    description: 'seeded action',
    isOutgoing: true,
    ...seed.action,
    userId: seed.userId,
    transactionId: transaction?.transactionId ?? null,
  })
  const outputs = await tx.outputs.insertMany(outputRows(seed, action, built))
  const spends = seed.spends ?? []
  if (spends.length > 0) {
    await tx.outputs.updateMany(
      spends.map((output) => output.outputId),
      { spentByActionId: action.actionId, spendable: false, pending: false },
    )
  }
  await tx.outputs.refreshSpendable({ actionIds: [action.actionId] })
  const stored = await tx.outputs.findByIds(outputs.map((output) => output.outputId))
  return { action, outputs: stored.sort((a, b) => a.vout - b.vout), transaction, built }
}

/** One coin per amount, all made by one accepted transaction, in the user's basket and ready to spend. */
export async function seedCoins(
  store: Store,
  owner: { readonly userId: number; readonly basketId: number },
  satoshis: readonly number[],
  seed: Omit<ActionSeed, 'userId' | 'basketId' | 'outputs' | 'processing'> & {
    readonly processing?: ProcessingStatus
  } = {},
): Promise<readonly OutputRow[]> {
  const { userId, basketId } = owner
  const { outputs } = await seedAction(store, { ...seed, userId, basketId, outputs: satoshis })
  return outputs
}

/** Sets the chain tip to a made-up block of this height. */
export function seedChainTip(store: Store, height: number): Promise<void> {
  return store.write((tx) => tx.chainTip.set({ height, blockHash: null, merkleRoot: null }))
}

function buildFor(seed: ActionSeed): BuiltTransaction {
  if (seed.built !== undefined) return seed.built
  const amounts = (seed.outputs ?? [1000]).map((output) => (typeof output === 'number' ? output : output.satoshis))
  if (seed.isCoinbase) return buildCoinbase({ height: seed.height ?? 100, outputs: amounts, salt: nextSerial() })
  const spent = (seed.spends ?? []).map((output) => ({ txid: output.txid ?? '0'.repeat(64), vout: output.vout }))
  const inputs = [...spent, ...(seed.inputs ?? [])]
  return buildTransaction(inputs.length === 0 ? { outputs: amounts } : { outputs: amounts, inputs })
}

async function insertTransaction(tx: StoreWriter, seed: ActionSeed, built: BuiltTransaction): Promise<TransactionRow> {
  const processing = seed.processing === undefined || seed.processing === 'draft' ? 'sent' : seed.processing
  const proven = processing === 'unconfirmed' || processing === 'confirmed'
  const height = seed.height ?? 100
  const merkleIndex = seed.isCoinbase ? 0 : 1
  const { row } = await tx.transactions.insertIfAbsent({
    processing,
    rawTx: built.rawTx,
    isCoinbase: seed.isCoinbase ?? false,
    ...(proven ? buildProof({ txid: built.txid, height, merkleIndex }) : {}),
    ...seed.transaction,
    txid: built.txid,
  })
  return row
}

function outputRows(seed: ActionSeed, action: ActionRow, built: BuiltTransaction | undefined): NewOutputRow[] {
  return (seed.outputs ?? [1000]).map((output, vout) => ({
    basketId: seed.basketId ?? null,
    vout,
    providedBy: 'storage',
    purpose: 'change',
    type: 'P2PKH',
    change: true,
    txid: built?.txid ?? null,
    lockingScript: built?.outputs[vout]?.lockingScript ?? Uint8Array.of(0x51),
    maturesAtHeight: seed.isCoinbase ? (seed.height ?? 100) + COINBASE_MATURITY_BLOCKS : null,
    ...(typeof output === 'number' ? { satoshis: output } : output),
    userId: seed.userId,
    actionId: action.actionId,
  }))
}
