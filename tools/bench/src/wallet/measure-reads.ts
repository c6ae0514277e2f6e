import type { ListActionsArgs, ListOutputsArgs } from '@bsv/sdk'
import { Validation } from '@bsv/sdk'
import type { Comparisons } from './comparison.js'
import { NOTHING, plus } from './stopwatch.js'
import type { WalletSide } from './wallet-side.js'

type Call = readonly [name: string, run: (side: WalletSide) => Promise<unknown>]

/** Lists, with all there is to include and without, and the balance as a wallet asks for it. */
export async function measureReads(
  sides: readonly WalletSide[],
  repetitions: number,
  into: Comparisons,
): Promise<void> {
  for (const [name, run] of CALLS) {
    for (let repetition = -WARM_UP; repetition < repetitions; repetition++) {
      for (const side of sides) {
        await run(side)
        const cost = [...side.take().values()].reduce(plus, NOTHING)
        if (repetition >= 0) into.add(name, side.name, cost)
      }
    }
  }
}

const WARM_UP = 3

const EVERYTHING = {
  includeLabels: true,
  includeInputs: true,
  includeInputSourceLockingScripts: true,
  includeInputUnlockingScripts: true,
  includeOutputs: true,
  includeOutputLockingScripts: true,
} as const

const CALLS: readonly Call[] = [
  ['listActions, 100 of all, bare', actions({ labels: [], limit: 100 })],
  ['listActions, 100 of all, outputs, inputs, labels', actions({ labels: [], limit: 100, ...EVERYTHING })],
  ['listActions, 1000 of all, outputs, inputs, labels', actions({ labels: [], limit: 1000, ...EVERYTHING })],
  ['listActions, 25 with a label, outputs', actions({ labels: ['shop'], limit: 25, includeOutputs: true })],
  ['listOutputs, 100 of the change', outputs({ basket: 'default', limit: 100 })],
  [
    'listOutputs, 100 of a basket by tags, with tags and labels',
    outputs({
      basket: 'tokens',
      tags: ['paid', 'gift'],
      limit: 100,
      includeTags: true,
      includeLabels: true,
      includeCustomInstructions: true,
      include: 'locking scripts',
    }),
  ],
  [
    'listOutputs, 1000 of a basket, with tags and labels',
    outputs({ basket: 'tokens', limit: 1000, includeTags: true, includeLabels: true, include: 'locking scripts' }),
  ],
  ['balance (special operation)', ({ wallet }) => wallet.balance()],
  ['balanceAndUtxos (every coin, by pages)', ({ wallet }) => wallet.balanceAndUtxos()],
]

function actions(args: ListActionsArgs): Call[1] {
  const valid = Validation.validateListActionsArgs(args)
  return ({ storage, auth }) => storage.listActions(auth, valid)
}

function outputs(args: ListOutputsArgs): Call[1] {
  const valid = Validation.validateListOutputsArgs(args)
  return ({ storage, auth }) => storage.listOutputs(auth, valid)
}
