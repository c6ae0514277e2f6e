import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Beef } from '@bsv/sdk'
import type { FaultyServices } from '@txkeep/legacy-wallet-maker'
import type { FromWalletProcess, Posted, WalletReport, WalletTask } from './wallet-process.js'

const SCRIPT = join(import.meta.dirname, 'wallet-process.ts')

/** Runs one process per task at the same time, each posting to this network, and returns what they say at their end. */
export async function runWalletProcesses(
  services: FaultyServices,
  tasks: readonly WalletTask[],
): Promise<readonly WalletReport[]> {
  return Promise.all(tasks.map((task) => runWalletProcess(services, task)))
}

async function runWalletProcess(services: FaultyServices, task: WalletTask): Promise<WalletReport> {
  const child = start(task)
  let report: WalletReport | undefined
  child.on('message', (message: FromWalletProcess) => {
    if (message.type === 'report') report = message.report
    else void post(services, message).then((posted) => child.connected && child.send(posted))
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 || report === undefined) throw new Error(`A wallet process ended with ${code} and said nothing.`)
  return report
}

/** Kills the process at once when it posts for the time after `afterPosts`: whatever else it was doing ends in the middle. */
export async function runAndKill(
  services: FaultyServices,
  task: WalletTask,
  { afterPosts }: { readonly afterPosts: number },
): Promise<void> {
  const child = start(task)
  let posts = 0
  child.on('message', (message: FromWalletProcess) => {
    if (message.type === 'post' && ++posts <= afterPosts) {
      void post(services, message).then((posted) => child.connected && child.send(posted))
    } else {
      child.kill('SIGKILL')
    }
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error('The wallet process ended by itself.')
}

function start(task: WalletTask): ChildProcess {
  return fork(SCRIPT, [JSON.stringify(task)], {
    execArgv: ['--conditions=@txkeep/source', '--import', 'tsx'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

async function post(
  services: FaultyServices,
  { id, beef, txids }: Extract<FromWalletProcess, { type: 'post' }>,
): Promise<Posted> {
  return { id, results: await services.postBeef(Beef.fromBinary([...beef]), [...txids]) }
}

/** The mock network looks whether a coin is spent, and marks it later: one transaction after the other, or it would miss a double spend. */
export function oneAtATime(services: FaultyServices): void {
  const postBeef = services.postBeef.bind(services)
  let last: Promise<unknown> = Promise.resolve()
  services.postBeef = (beef, txids) => {
    const posting = last.then(() => postBeef(beef, txids))
    last = posting.catch(() => undefined)
    return posting
  }
}
