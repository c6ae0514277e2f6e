import { KeyDeriver, PrivateKey, Transaction, type Beef, type CreateActionResult } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { openChain, seededRandom } from '@txkeep/legacy-wallet-maker'
import { openStore } from '@txkeep/storage-knex'
import { createProvider } from '../../src/index.js'
import { atOnce, payment, strangerScript } from '../support/open-wallet.js'

/**
 * A process of its own for `wallet-processes.test.ts`: the published wallet of one user on our provider, which pays, keeps back,
 * aborts and lists until it has done enough. The network is the parent's, who takes its broadcasts one after the other.
 */

/** What the process is told, as JSON, in its one argument. */
export interface WalletTask {
  readonly url: string
  /** The mock network's database. */
  readonly chainFile: string
  readonly rootKeyHex: string
  readonly seed: number
  /** Ends after so many steps, or after so many seconds. */
  readonly steps?: number
  readonly seconds?: number
}

/** What it says at its end. Amounts in satoshis. */
export interface WalletReport {
  readonly paid: number
  readonly fees: number
  /** How often each step was done. */
  readonly steps: Readonly<Record<string, number>>
  /** What it met for want of coins: no error, but the wallet was empty for a moment. */
  readonly insufficient: number
  /** Every other error. */
  readonly errors: readonly string[]
}

type PostBeefResults = Awaited<ReturnType<sdk.WalletServices['postBeef']>>

export type FromWalletProcess =
  | { readonly type: 'post'; readonly id: number; readonly beef: readonly number[]; readonly txids: readonly string[] }
  | { readonly type: 'report'; readonly report: WalletReport }

export interface Posted {
  readonly id: number
  readonly results: PostBeefResults
}

const task = JSON.parse(process.argv[2] ?? '') as WalletTask
const random = seededRandom(task.seed)
const store = await openStore(task.url, { synchronous: 'normal' })
const services = await openChain(task.chainFile)
services.postBeef = postThroughParent()
const provider = createProvider<sdk.WalletServices>({ store, services, errors: sdk })
const keyDeriver = new KeyDeriver(PrivateKey.fromHex(task.rootKeyHex))
const storage = new WalletStorageManager(keyDeriver.identityKey, provider)
await storage.makeAvailable()
const wallet = new Wallet({ chain: 'mock', keyDeriver, storage, services })

const report = { paid: 0, fees: 0, steps: {} as Record<string, number>, insufficient: 0, errors: [] as string[] }
const steps: Readonly<Record<string, () => Promise<void>>> = {
  pay: () => pay(atOnce),
  payLater: () => pay({ acceptDelayedBroadcast: true }),
  keepBackAndSend: async () => {
    // At once: paid with what the network has, because this network takes no transaction before its parents.
    const { txid } = count(await wallet.createAction(payment(amount(), { ...atOnce, noSend: true })))
    await wallet.createAction({ description: 'send it now', options: { ...atOnce, sendWith: [txid!] } })
  },
  abort: async () => {
    const { signableTransaction } = await wallet.createAction(payment(amount(), { signAndProcess: false }))
    await wallet.abortAction({ reference: signableTransaction!.reference })
  },
  list: async () => {
    await wallet.listOutputs({ basket: 'default', limit: 100 })
    await wallet.listActions({ labels: [], includeOutputs: true, limit: 20 })
  },
}
const weights = { pay: 50, payLater: 15, keepBackAndSend: 10, abort: 15, list: 10 }

const until = task.seconds === undefined ? Infinity : Date.now() + task.seconds * 1000
for (let step = 0; step < (task.steps ?? Infinity) && Date.now() < until; step++) await takeStep()
await wallet.destroy()
await services.knex.destroy()
process.send?.({ type: 'report', report } satisfies FromWalletProcess)
process.disconnect()

async function takeStep(): Promise<void> {
  const name = random.pickWeighted(weights)
  try {
    await steps[name]!()
    report.steps[name] = (report.steps[name] ?? 0) + 1
  } catch (error) {
    if (error instanceof sdk.WERR_INSUFFICIENT_FUNDS) report.insufficient++
    else report.errors.push(`${name}: ${describe(error)}`)
  }
}

function describe(error: unknown): string {
  if (error instanceof sdk.WERR_REVIEW_ACTIONS) return `${error.name} ${JSON.stringify(error.reviewActionResults)}`
  return error instanceof Error ? `${error.name} ${error.message}` : String(error)
}

async function pay(options: object): Promise<void> {
  count(await wallet.createAction(payment(amount(), options)))
}

function amount(): number {
  return random.integer(200, 4000)
}

/** What left the wallet, by the transaction it was given. */
function count(result: CreateActionResult): CreateActionResult {
  const transaction = Transaction.fromAtomicBEEF([...result.tx!])
  const stranger = transaction.outputs.find(({ lockingScript }) => lockingScript.toHex() === strangerScript)
  report.paid += stranger!.satoshis!
  report.fees += transaction.getFee()
  return result
}

function postThroughParent(): (beef: Beef, txids: string[]) => Promise<PostBeefResults> {
  const waiting = new Map<number, (results: PostBeefResults) => void>()
  let asked = 0
  process.on('message', ({ id, results }: Posted) => waiting.get(id)?.(results))
  return (beef, txids) =>
    new Promise((resolve) => {
      waiting.set(++asked, resolve)
      process.send?.({ type: 'post', id: asked, beef: beef.toBinary(), txids } satisfies FromWalletProcess)
    })
}
