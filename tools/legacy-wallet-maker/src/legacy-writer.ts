import { Command, InvalidArgumentError } from 'commander'
import { openLegacyWallet } from './open-legacy-wallet.js'
import { writeUntilStopped } from './write-until-stopped.js'

/**
 * A live application in a process of its own: opens a legacy wallet and keeps writing until SIGTERM, SIGINT or `--count`.
 * One JSON line per event on stdout: first `{ event: 'ready' }`, then `{ event: 'write', … }` (see `WriteRecord`), at last
 * `{ event: 'stopped', writes }`.
 */
const command = new Command('legacy-writer')
  .requiredOption('--file <path>', 'the legacy database')
  .requiredOption('--chain-file <path>', 'its mock chain')
  .requiredOption('--root-key <hex>', 'whose wallet to open')
  .option('--count <writes>', 'stop after this many writes', wholeNumber)
  .option('--pause-ms <ms>', 'pause between two writes', wholeNumber, 0)
  .option('--seed <number>', 'what to do, in which order', wholeNumber, 1)

interface WriterOptions {
  file: string
  chainFile: string
  rootKey: string
  count?: number
  pauseMs: number
  seed: number
}

const { file, chainFile, rootKey, count, pauseMs, seed } = command.parse().opts<WriterOptions>()
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

const wallet = await openLegacyWallet({ file, chainFile, rootKeyHex: rootKey })
print({ event: 'ready', userId: wallet.userId, identityKey: wallet.identityKey })
const writes = await writeUntilStopped({
  wallet,
  seed,
  pauseMs,
  ...(count !== undefined && { count }),
  signal: stop.signal,
  onWrite: (record) => print({ event: 'write', ...record }),
})
await wallet.close()
print({ event: 'stopped', writes })

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
