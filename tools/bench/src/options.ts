import { parseArgs } from 'node:util'

/** What `pnpm bench` was asked to do. */
export interface BenchOptions {
  /** Transactions of the large wallet; it has three outputs for each. */
  readonly transactions: number
  /** Where the figures go as JSON. */
  readonly json: string
  /** A folder to work in that is kept afterwards; without one a temporary folder is made and removed. */
  readonly folder: string | undefined
}

export const USAGE = 'pnpm bench [--transactions 100000] [--json out/bench.json] [--folder DIR]'

/** The options in `args`; throws a sentence that says what is wrong with them. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      transactions: { type: 'string', default: '100000' },
      json: { type: 'string', default: 'out/bench.json' },
      folder: { type: 'string' },
    },
  })
  const transactions = Number(values.transactions)
  if (!Number.isInteger(transactions) || transactions < 100) {
    throw new Error(`--transactions must be a whole number from 100 on, not ${values.transactions}. ${USAGE}`)
  }
  return { transactions, json: values.json, folder: values.folder }
}
