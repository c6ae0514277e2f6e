import { Command, InvalidArgumentError } from 'commander'
import { makeLegacyWallet } from './make-legacy-wallet.js'

/** Makes a legacy wallet from the command line; what was made goes to stdout as one JSON object. */
const command = new Command('legacy-wallet-maker')
  .description('Makes a real legacy wallet database with the published toolbox.')
  .requiredOption('--out <file>', 'the database to make; its mock chain goes to <file>.chain')
  .option('--actions <number>', 'roughly how many actions to do', wholeNumber, 100)
  .option('--users <number>', 'how many users share the store', wholeNumber, 2)
  .option('--seed <number>', 'the same seed makes the same kinds of actions', wholeNumber, 1)

interface CliOptions {
  out: string
  actions: number
  users: number
  seed: number
}

const { out, actions, users, seed } = command.parse().opts<CliOptions>()
const made = await makeLegacyWallet({ file: out, actions, users, seed })
process.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`)

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
