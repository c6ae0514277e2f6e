import {
  PROCESSING_STATUSES,
  type ActionRow,
  type AuditRow,
  type ChainTipRow,
  type OutputRow,
  type Store,
  type TransactionRow,
} from '@txkeep/core'
import { isSpendableStatus, isTerminal } from '@txkeep/fsm'
import { parseRawTransaction } from '@txkeep/lifecycle'
import { isOutputPending, isOutputSpendable } from '@txkeep/spendability'
import { assert } from 'chai'

/** Everything the rules speak about, as it is stored. */
export interface WalletState {
  readonly tip: ChainTipRow | undefined
  readonly transactions: readonly TransactionRow[]
  readonly actions: readonly ActionRow[]
  readonly outputs: readonly OutputRow[]
  readonly audit: readonly AuditRow[]
}

/** All rows of these users, in one consistent view. */
export function readWallet(store: Store, userIds: readonly number[]): Promise<WalletState> {
  return store.read(async (tx) => {
    const transactions = await tx.transactions.listByProcessing({ processing: PROCESSING_STATUSES, limit: ALL })
    const actions: ActionRow[] = []
    for (const userId of userIds) {
      actions.push(...(await tx.actions.list({ userId, includeHidden: true, limit: ALL })).rows)
    }
    const outputs: OutputRow[] = []
    for (const { actionId } of actions) outputs.push(...(await tx.outputs.findByAction(actionId)))
    return {
      tip: await tx.chainTip.get(),
      transactions,
      actions,
      outputs,
      audit: await tx.audit.listAfter({ limit: ALL }),
    }
  })
}

const ALL = 100_000

/** Fails unless the stored rows agree with every rule that must hold at any moment. */
export function assertRules(state: WalletState, after: string): void {
  assertFlags(state, after)
  assertHistory(state, after)
  assertHeldInputs(state, after)
  for (const row of state.transactions) {
    const isProven = row.processing === 'unconfirmed' || row.processing === 'confirmed'
    assert.strictEqual(row.merklePath !== null, isProven, `${after}: a merkle path exactly while ${row.processing}`)
    const isHeldByOperator = row.processing === 'frozen' && row.frozenReason?.startsWith('operator') === true
    const isWatched = !isTerminal(row.processing) && !isHeldByOperator
    assert.strictEqual(row.nextActionAt !== null, isWatched, `${after}: a next look of ${row.processing}`)
    assert.strictEqual(
      row.frozenReason !== null,
      row.processing === 'frozen',
      `${after}: a reason exactly while frozen`,
    )
  }
}

/** Both cached flags equal the pure rule. */
function assertFlags({ tip, transactions, actions, outputs }: WalletState, after: string): void {
  const actionOf = new Map(actions.map((action) => [action.actionId, action]))
  const transactionOf = new Map(transactions.map((row) => [row.transactionId, row]))
  for (const output of outputs) {
    const action = actionOf.get(output.actionId)
    const transaction = transactionOf.get(action?.transactionId ?? 0)
    const facts = { ...output, userAborted: action?.userAborted ?? false }
    const what = `${after}: output ${output.outputId} of a ${transaction?.processing ?? 'draft'}`
    assert.strictEqual(output.spendable, isOutputSpendable(facts, transaction, tip), `${what}: spendable`)
    assert.strictEqual(output.pending, isOutputPending(facts, transaction, tip), `${what}: pending`)
    if (output.spentByActionId === null) continue
    const holder = actionOf.get(output.spentByActionId)
    assert.strictEqual(holder?.userId, output.userId, `${what}: its holder is its owner's action`)
  }
}

/** The audit tells every change of status once: from the first status to the stored one without a gap. */
function assertHistory({ transactions, audit }: WalletState, after: string): void {
  const told = new Map<number, string | null>()
  for (const { event, transactionId, fromState, toState } of audit) {
    if (transactionId === null) continue
    if (event === 'transaction.created') told.set(transactionId, toState)
    if (event !== 'processing.changed') continue
    if (told.has(transactionId)) assert.strictEqual(told.get(transactionId), fromState, `${after}: a gap in the audit`)
    assert.notStrictEqual(fromState, toState, `${after}: a change to the same status`)
    told.set(transactionId, toState)
  }
  for (const { transactionId, processing } of transactions) {
    if (told.has(transactionId))
      assert.strictEqual(told.get(transactionId), processing, `${after}: the end of the audit`)
  }
}

/** What a live transaction consumes is offered to nobody; an abort and an acceptance exclude each other. */
function assertHeldInputs({ transactions, actions, outputs }: WalletState, after: string): void {
  const outputAt = new Map<string, OutputRow[]>()
  for (const output of outputs) {
    const key = `${output.txid}.${output.vout}`
    outputAt.set(key, [...(outputAt.get(key) ?? []), output])
  }
  for (const { processing, rawTx, txid, transactionId } of transactions) {
    const isAccepted = isSpendableStatus(processing)
    if (rawTx === null || !(isAccepted || processing === 'sending' || processing === 'frozen')) continue
    const spenders = new Set(actions.filter((row) => row.transactionId === transactionId).map(({ userId }) => userId))
    for (const input of parseRawTransaction(rawTx).inputs) {
      for (const output of outputAt.get(`${input.txid}.${input.vout}`) ?? []) {
        // Nobody took it yet: then it says nothing about the coins of others.
        if (processing === 'sending' && !spenders.has(output.userId)) continue
        const isHeld = output.spentByActionId !== null || output.withheld !== null
        assert.isTrue(isHeld, `${after}: ${txid} is ${processing} and consumes the free output ${output.outputId}`)
      }
    }
    const aborted = actions.find((action) => action.transactionId === transactionId && action.userAborted)
    if (isAccepted) assert.isUndefined(aborted, `${after}: an aborted action of the accepted ${txid}`)
  }
}
