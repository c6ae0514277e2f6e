import { Beef, type Validation } from '@bsv/sdk'
import { ConflictError, type OutputBasketRow, type OutputRow, type StoreWriter } from '@txkeep/core'
import type { TransactionService } from '@txkeep/lifecycle'
import { authorize } from '../auth.js'
import { MAX_FETCHED_GENERATIONS, fetchAncestors } from '../beef/fetch-ancestors.js'
import { WERR_BAD_REQUEST, WERR_INSUFFICIENT_FUNDS, WERR_INVALID_OPERATION } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId, StorageCreateActionResult } from '../published/arguments.js'
import { randomBase64, randomFractions } from '../random.js'
import { DEFAULT_BASKET } from '../users/find-or-insert-user.js'
import { AncestryMissing, actionResult } from './action-result.js'
import { readFeeRate } from './change/fee-model.js'
import { MAX_POSSIBLE_SATOSHIS, generateChange, type ChangePlan, type ChangeProblem } from './change/generate-change.js'
import { commissionOutput, type CommissionOutput } from './commission.js'
import { readCustomInputs, type CustomInput } from './custom-inputs.js'
import { CoinsHeldElsewhere, holdFunding, holdNamedCoins } from './hold-coins.js'
import { verifyInputBeef } from './input-beef.js'
import { readNoSendChange } from './no-send-change.js'
import { DERIVATION_BYTES, plannedOutputs, shuffled } from './planned-outputs.js'
import { countPoolCoins } from './pool-coins.js'
import { validateCreateAction } from './validate-create-action.js'

type FundedPlan = Extract<ChangePlan<OutputRow>, { readonly outcome: 'funded' }>

/**
 * A draft for the wallet to sign: coins that pay for it, locked, and its change. All in one unit of work; when it throws,
 * nothing was written and no coin is locked. Source: docs/spec/wallet-storage.md §3.
 *
 * @throws {WERR_INSUFFICIENT_FUNDS} if the coins do not pay for it.
 * @throws {WERR_INVALID_PARAMETER} if an argument cannot be.
 * @throws {WERR_REVIEW_ACTIONS} if a coin of the user's it names is spent already.
 * @throws {ConflictError} if other actions took or held what could pay at every attempt.
 */
export async function createAction(
  context: ProviderContext,
  auth: AuthId,
  vargs: Validation.ValidCreateActionArgs,
): Promise<StorageCreateActionResult> {
  validateCreateAction(vargs)
  const beef = await verifyInputBeef(context, auth, vargs)
  const fetched = new Beef()
  const awaited = new Set<number>()
  for (let attempts = 0, fetches = 0; ;) {
    try {
      return await context.service.unit((service, tx) =>
        createDraft(context, service, tx, auth, { vargs, beef, fetched, awaited }),
      )
    } catch (error) {
      if (error instanceof AncestryMissing) {
        await fetchMissing(context, error, fetched, ++fetches)
        continue
      }
      // Coins were taken or held between the look and the lock. The unit is over and holds nothing: the next one waits, and looks again.
      if (!(error instanceof ConflictError) || ++attempts === ATTEMPTS) throw error
      if (error instanceof CoinsHeldElsewhere) for (const outputId of error.outputIds) awaited.add(outputId)
    }
  }
}

const ATTEMPTS = 5
const REFERENCE_BYTES = 12

/** The unit of work is over: nothing is locked while the network is asked. */
async function fetchMissing(
  context: ProviderContext,
  { txids }: AncestryMissing,
  fetched: Beef,
  fetches: number,
): Promise<void> {
  const absent = await fetchAncestors(context, txids, fetched)
  const [hole = txids[0]] = absent
  if (absent.length === 0 && fetches <= MAX_FETCHED_GENERATIONS) return
  throw new WERR_INVALID_OPERATION(
    `A coin that would pay cannot be proven: its ancestor ${hole} is neither stored nor proven by the network. Try again later, or withhold the coin.`,
  )
}

interface DraftRequest {
  readonly vargs: Validation.ValidCreateActionArgs
  readonly beef: Beef
  /** Ancestors that were stored nowhere. */
  readonly fetched: Beef
  /** Coins another unit held when they were needed. */
  readonly awaited: ReadonlySet<number>
}

async function createDraft(
  context: ProviderContext,
  service: TransactionService,
  tx: StoreWriter,
  auth: AuthId,
  { vargs, beef, fetched, awaited }: DraftRequest,
): Promise<StorageCreateActionResult> {
  const { userId } = await authorize(tx, auth)
  const { random } = context
  const fractions = randomFractions(random, vargs.randomVals)
  const basket = await findChangeBasket(tx, userId)
  const inputs = await readCustomInputs(tx, userId, vargs.inputs, beef, service)
  const noSendChange = await readNoSendChange(tx, userId, basket.basketId, vargs)
  await holdNamedCoins(tx.outputs, [...inputs.flatMap(({ output }) => output ?? []), ...noSendChange], awaited)
  const commission = context.commission && commissionOutput(context.commission, random)
  const plan = await fund(context, tx, vargs, { userId, basket, inputs, noSendChange, commission, fractions, awaited })

  const derivationPrefix = randomBase64(random, DERIVATION_BYTES)
  const user = vargs.outputs.map((output, index) =>
    index === plan.maxPossible?.index ? { ...output, satoshis: plan.maxPossible.satoshis } : output,
  )
  const outputs = plannedOutputs({ user, commission, change: plan.outputs, derivationPrefix }, random, (vouts) =>
    vargs.options.randomizeOutputs ? shuffled(vouts, fractions) : vouts,
  )
  const { action } = await service.as(`user:${userId}`).createAction({
    userId,
    reference: randomBase64(random, REFERENCE_BYTES),
    description: vargs.description,
    isOutgoing: true,
    satoshisDelta: sum(plan.outputs) - sum(plan.inputs.map((coin) => coin.satoshis)),
    version: vargs.version,
    lockTime: vargs.lockTime,
    labels: vargs.labels,
    inputs: [...inputs.flatMap(lockCustom), ...plan.inputs.map((coin) => lockChange(coin, noSendChange, vargs))],
    outputs,
    draftInputBeef: draftBeef(beef, fetched),
    plan: {
      inputs: [...vargs.inputs.map(({ outpoint }) => outpoint), ...plan.inputs.map(outpointOf)],
      outputCount: outputs.length,
    },
  })
  if (commission !== undefined) {
    await tx.commissions.insert({ userId, actionId: action.actionId, isRedeemed: false, ...commission })
  }
  const draft = { action, inputs, change: plan.inputs, outputs, derivationPrefix, beef, fetched }
  return actionResult(service, tx, vargs, draft)
}

/** What came with the caller's inputs, and ancestors of coins that are stored nowhere else: the transaction is posted with it. */
function draftBeef(beef: Beef, fetched: Beef): Uint8Array {
  const merged = new Beef()
  merged.mergeBeef(beef)
  merged.mergeBeef(fetched)
  return merged.toUint8Array()
}

async function findChangeBasket(tx: StoreWriter, userId: number): Promise<OutputBasketRow> {
  const [basket] = await tx.baskets.find({ userId, name: DEFAULT_BASKET, isDeleted: false }, { limit: 1 })
  if (basket === undefined) throw new WERR_BAD_REQUEST(`The user has no basket "${DEFAULT_BASKET}" for her change.`)
  return basket
}

interface Funding {
  readonly userId: number
  readonly basket: OutputBasketRow
  readonly inputs: readonly CustomInput[]
  readonly noSendChange: readonly OutputRow[]
  readonly commission: CommissionOutput | undefined
  readonly fractions: () => number
  readonly awaited: ReadonlySet<number>
}

async function fund(
  context: ProviderContext,
  tx: StoreWriter,
  vargs: Validation.ValidCreateActionArgs,
  { userId, basket, inputs, noSendChange, commission, fractions, awaited }: Funding,
): Promise<FundedPlan> {
  const { basketId, numberOfDesiredUTXOs, minimumDesiredUTXOValue } = basket
  const query = { userId, basketId, includePending: vargs.isDelayed }
  const available = await countPoolCoins(tx.outputs, query, numberOfDesiredUTXOs)
  const problem: ChangeProblem = {
    fixedInputs: inputs.map(({ input, satoshis }) => ({
      satoshis,
      unlockingScriptBytes: input.unlockingScriptLength,
    })),
    fixedOutputs: [
      ...vargs.outputs.map(({ satoshis, lockingScript }) => ({
        satoshis,
        lockingScriptBytes: lockingScript.length / 2,
      })),
      ...(commission === undefined
        ? []
        : [{ satoshis: commission.satoshis, lockingScriptBytes: commission.lockingScript.length }]),
    ],
    satoshisPerKb: readFeeRate(context.feeModel),
    targetNetCount: numberOfDesiredUTXOs - available,
    initialSatoshis: Math.max(1, minimumDesiredUTXOValue),
    firstSatoshis: Math.max(1, Math.round(minimumDesiredUTXOValue / 4)),
  }
  const plan = await holdFunding(tx.outputs, query, { noSendChange, awaited }, (coins) =>
    generateChange(problem, coins, fractions),
  )
  if (plan.outcome === 'funded') return plan
  // Of an output that asks for all there is, no amount can be missing but the fee.
  const asked = vargs.outputs.some(({ satoshis }) => satoshis === MAX_POSSIBLE_SATOSHIS) ? MAX_POSSIBLE_SATOSHIS : 0
  throw new WERR_INSUFFICIENT_FUNDS(plan.totalSatoshisNeeded - asked, Math.max(1, plan.moreSatoshisNeeded - asked))
}

function lockCustom({ input, output }: CustomInput): {
  outputId: number
  purpose: 'named'
  spendingDescription: string
  sequenceNumber: number
}[] {
  if (output === undefined) return []
  const { inputDescription, sequenceNumber } = input
  return [{ outputId: output.outputId, purpose: 'named', spendingDescription: inputDescription, sequenceNumber }]
}

function lockChange(
  coin: OutputRow,
  noSendChange: readonly OutputRow[],
  { isDelayed }: Validation.ValidCreateActionArgs,
): { outputId: number; purpose: 'named' | 'delayed' | 'immediate' } {
  const { outputId } = coin
  if (noSendChange.includes(coin)) return { outputId, purpose: 'named' }
  return { outputId, purpose: isDelayed ? 'delayed' : 'immediate' }
}

function outpointOf({ txid, vout }: OutputRow): { txid: string; vout: number } {
  return { txid: txid ?? '', vout }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
