import { PROCESSING_STATUSES, TxkeepError, type OutputRow, type TransactionRow } from '@txkeep/core'
import { nextStatuses } from '@txkeep/fsm'
import { assert } from 'chai'
import { buildCoinbase } from '../builders/build-coinbase.js'
import { buildTransaction } from '../builders/build-transaction.js'
import { nextSerial } from '../builders/serial.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { randomNumbers, type RandomNumbers } from './random-numbers.js'
import { blockHashAt, proofFor, serviceCase, type Bench } from './service-case.js'
import { assertRules, readWallet, type WalletState } from './wallet-state.js'

const SEEDS = [1, 2, 3, 4, 5, 6]
const STEPS = 80

/** Any sequence of calls, in any order, keeps every rule: what the single cases prove one by one, all at once. */
export const randomSequenceCases: readonly ContractCase[] = SEEDS.map((seed) =>
  serviceCase(`random sequences: every rule holds after every call (seed ${seed})`, async (bench) => {
    const random = randomNumbers(seed)
    const userIds = [(await seedUser(bench.store)).userId, (await seedUser(bench.store)).userId]
    await bench.service.setChainTip({ height: 150 })
    let refusals = 0
    for (let step = 0; step < STEPS; step++) {
      const state = await readWallet(bench.store, userIds)
      // The first steps fill the wallet; from then on anything goes.
      const [name, call] = random.pick(step < 6 ? FILLING : CALLS) ?? assert.fail('no calls')
      const userId = random.pick(userIds) ?? 0
      bench.clock.advance(1000)
      try {
        await call({ ...bench, random, state, userId, step })
      } catch (error) {
        if (!(error instanceof TxkeepError)) throw error
        refusals += 1
      }
      assertRules(await readWallet(bench.store, userIds), `seed ${seed}, step ${step}, ${name}`)
    }
    assert.isBelow(refusals, STEPS, 'not every call is refused')
    assert.strictEqual((await bench.service.refreshOutputsSpendable()).flipped, 0, 'a refresh flips nothing')
  }),
)

interface Step extends Bench {
  readonly random: RandomNumbers
  readonly state: WalletState
  readonly userId: number
  readonly step: number
}

type Call = readonly [name: string, (step: Step) => Promise<unknown>]

const FILLING: readonly Call[] = [
  ['receive', receive],
  ['receive a proven one', receiveProven],
]

const CALLS: readonly Call[] = [
  ...FILLING,
  ['draft', draft],
  ['draft again', draft],
  ['draft once more', draft],
  ['draft yet again', draft],
  ['sign', sign],
  ['sign again', sign],
  ['sign once more', sign],
  ['sign yet again', sign],
  ['move', move],
  ['move again', move],
  ['move once more', move],
  ['move many', moveMany],
  ['answer', answer],
  ['prove', prove],
  ['prove again', prove],
  ['look for a proof', attempt],
  ['tip', tip],
  ['reorg', ({ service, random }) => service.reorgBlock(blockHashAt(heightOf(random)))],
  ['promote', ({ service }) => service.promoteConfirmed()],
  ['abort', abort],
  ['withhold', withhold],
  ['restore', restore],
  ['spend elsewhere', spendElsewhere],
  ['share', share],
]

function receive({ service, random, userId }: Step): Promise<unknown> {
  const processing = random.pick(['sent', 'seen', 'seen_multi', 'sending', 'nosend'] as const) ?? 'sent'
  const { txid, rawTx } = buildTransaction({ outputs: [1000, 2000] })
  return service.createAction({
    userId,
    reference: `received-${nextSerial()}`,
    transaction: { txid, rawTx, processing },
    outputs: [coin(0, 1000), coin(1, 2000)],
  })
}

async function receiveProven({ service, random, userId }: Step): Promise<unknown> {
  const height = heightOf(random)
  const isCoinbase = random.below(2) === 0
  const { txid, rawTx } = isCoinbase
    ? buildCoinbase({ height, outputs: [5000], salt: nextSerial() })
    : buildTransaction({ outputs: [5000] })
  const proof = await proofFor(txid, height, { merkleIndex: isCoinbase ? 0 : 1 })
  return service.createAction({
    userId,
    reference: `proven-${nextSerial()}`,
    transaction: { txid, rawTx, proof },
    outputs: [coin(0, 5000)],
  })
}

function draft({ service, random, state, userId }: Step): Promise<unknown> {
  const own = state.outputs.filter((output) => output.userId === userId && output.txid !== null)
  const usable = own.filter((output) => output.spendable || output.pending)
  const purpose = random.pick(['immediate', 'delayed', 'named'] as const) ?? 'immediate'
  const inputs = random.some(purpose === 'named' ? own : usable, 1 + random.below(2))
  return service.createAction({
    userId,
    reference: `draft-${nextSerial()}`,
    isOutgoing: true,
    inputs: inputs.map(({ outputId }) => ({ outputId, purpose })),
    outputs: [coin(0, 500), coin(1, 400)],
  })
}

function sign({ service, random, state }: Step): Promise<unknown> {
  const drafts = state.actions.filter(({ transactionId, isOutgoing }) => transactionId === null && isOutgoing)
  const action = random.pick(drafts)
  if (action === undefined) return Promise.resolve()
  const { txid, rawTx } = buildTransaction({
    inputs: outpointsOf(state.outputs.filter((output) => output.spentByActionId === action.actionId)),
    outputs: [500, 400],
  })
  const processing = random.pick(['queued', 'sending', 'nosend', 'nonfinal'] as const) ?? 'queued'
  return service.signAction({ userId: action.userId, reference: action.reference, txid, rawTx, processing })
}

function move({ service, random, state }: Step): Promise<unknown> {
  const row = random.pick(state.transactions)
  if (row === undefined) return Promise.resolve()
  const legal = nextStatuses(row.processing)
  const to = random.pick(random.below(5) === 0 ? PROCESSING_STATUSES : legal) ?? row.processing
  const { transactionId, processing, rowVersion } = row
  return service.transition({
    transactionId,
    expectedFrom: processing,
    ...(random.below(2) === 0 ? { expectedVersion: rowVersion } : {}),
    to,
    frozenReason: random.pick(['operator: test', 'legacy-uncertain']) ?? 'operator',
  })
}

function moveMany({ service, random, state }: Step): Promise<unknown> {
  const to = random.pick(['sending', 'seen', 'invalid', 'doubleSpend', 'unfail'] as const) ?? 'seen'
  return service.transitionMany({
    to,
    transactions: random
      .some(state.transactions, 3)
      .map(({ transactionId, processing }) => ({ transactionId, expectedFrom: processing })),
  })
}

function answer({ service, random, state }: Step): Promise<unknown> {
  const row = random.pick(state.transactions)
  if (row === undefined) return Promise.resolve()
  const said = random.pick(['accept', 'reject', 'unavailable', 'missingInputs', 'doubleSpend'] as const) ?? 'accept'
  const rival = 'ab'.repeat(32)
  return service.recordBroadcastResult({
    transactionId: row.transactionId,
    round: {
      txid: row.txid,
      answers: [
        said === 'doubleSpend'
          ? { provider: 'one', answer: said, competingTxids: [rival] }
          : { provider: 'one', answer: said },
      ],
      lookups: [{ provider: 'one', answer: random.pick(['unknown', 'known', 'unavailable'] as const) ?? 'unknown' }],
      competitors: [{ txid: rival, spendsOurInput: true, proofVerified: true, minedAccordingTo: [] }],
    },
  })
}

async function prove({ service, random, state }: Step): Promise<unknown> {
  const row = random.pick(state.transactions)
  if (row === undefined) return undefined
  const fork = random.pick(['main', 'other']) ?? 'main'
  const proof = await proofFor(row.txid, heightOf(random), { merkleIndex: row.isCoinbase ? 0 : 1, fork })
  return service.recordProof({ transactionId: row.transactionId, proof })
}

function attempt({ service, random, state }: Step): Promise<unknown> {
  const row = random.pick(state.transactions.filter(({ processing }) => processing === 'reorging'))
  return row === undefined ? Promise.resolve() : service.recordProofAttempt({ transactionId: row.transactionId })
}

function tip({ service, random, state }: Step): Promise<unknown> {
  const height = Math.max(0, (state.tip?.height ?? 150) + random.below(60) - 20)
  return service.setChainTip({ height })
}

function abort({ service, random, state }: Step): Promise<unknown> {
  const action = random.pick(state.actions.filter(({ isOutgoing }) => isOutgoing))
  if (action === undefined) return Promise.resolve()
  return service.abortAction({ userId: action.userId, reference: action.reference })
}

function withhold({ service, random, state }: Step): Promise<unknown> {
  const output = random.pick(state.outputs)
  if (output === undefined) return Promise.resolve()
  const reason = random.pick(['operator', 'not-utxo'] as const) ?? 'operator'
  return service.withholdOutput({ outputId: output.outputId, reason })
}

/** What the network took is given back by the network alone, and what an operator withheld may be taken by now. */
function restore({ service, random, state }: Step): Promise<unknown> {
  const output = random.pick(state.outputs.filter(({ withheld }) => withheld === 'not-utxo'))
  return output === undefined ? Promise.resolve() : service.restoreOutput({ outputId: output.outputId })
}

/** A transaction nobody here made takes somebody's coins. */
function spendElsewhere({ service, random, state }: Step): Promise<unknown> {
  const taken = random.some(
    state.outputs.filter(({ txid }) => txid !== null),
    2,
  )
  const { txid, rawTx } = buildTransaction(taken.length === 0 ? {} : { inputs: outpointsOf(taken) })
  return service.create({
    txid,
    rawTx,
    processing: random.pick(['sent', 'seen', 'sending', 'nosend'] as const) ?? 'sent',
  })
}

function share({ service, random, state, userId }: Step): Promise<unknown> {
  const row: TransactionRow | undefined = random.pick(state.transactions)
  if (row === undefined) return Promise.resolve()
  return service.findOrCreateActionForTxid({ userId, txid: row.txid, reference: `shared-${nextSerial()}` })
}

function heightOf(random: RandomNumbers): number {
  return 40 + random.below(4)
}

function coin(
  vout: number,
  satoshis: number,
): {
  vout: number
  satoshis: number
  providedBy: string
  purpose: string
  type: string
} {
  return { vout, satoshis, providedBy: 'storage', purpose: 'change', type: 'P2PKH' }
}

function outpointsOf(outputs: readonly OutputRow[]): { txid: string; vout: number }[] {
  return outputs.map(({ txid, vout }) => ({ txid: txid ?? '0'.repeat(64), vout }))
}
