import { parseArgs } from 'node:util'

export const WALLET_PARTS = ['reads', 'paying', 'receiving', 'sync', 'servers'] as const
export type WalletPart = (typeof WALLET_PARTS)[number]

/** What the wallet benchmark was asked to do. */
export interface WalletBenchOptions {
  readonly parts: ReadonlySet<WalletPart>
  /** Actions of the wallets that are made. */
  readonly sizes: readonly number[]
  /** Each call is measured so many times; a sync is once. */
  readonly repetitions: number
  /** Where the figures go as JSON. */
  readonly json: string
  /** A folder to work in that is kept afterwards; without one a temporary folder is made and removed. */
  readonly folder: string | undefined
}

const WALLET_USAGE = `pnpm bench wallet [--parts ${WALLET_PARTS.join(',')}] [--sizes 10000,100000] [--repetitions 40] [--json out/wallet-bench.json] [--folder DIR]`

/** The options in `args`; throws a sentence that says what is wrong with them. */
export function readWalletOptions(args: readonly string[]): WalletBenchOptions {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      parts: { type: 'string', default: WALLET_PARTS.join(',') },
      sizes: { type: 'string', default: '10000,100000' },
      repetitions: { type: 'string', default: '40' },
      json: { type: 'string', default: 'out/wallet-bench.json' },
      folder: { type: 'string' },
    },
  })
  const { json, folder } = values
  const sizes = values.sizes.split(',').map((size) => wholeNumber('--sizes', size, 1000))
  const repetitions = wholeNumber('--repetitions', values.repetitions, 1)
  return { parts: new Set(values.parts.split(',').map(partOf)), sizes, repetitions, json, folder }
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least) return value
  throw new Error(`${option} must be whole numbers from ${least} on, not ${text}. ${WALLET_USAGE}`)
}

function partOf(name: string): WalletPart {
  const part = WALLET_PARTS.find((known) => known === name)
  if (part !== undefined) return part
  throw new Error(`--parts knows ${WALLET_PARTS.join(', ')}, not ${name}. ${WALLET_USAGE}`)
}
