import { join } from 'node:path'
import { Faucet, openChain, seededRandom, type Payment } from '@txkeep/legacy-wallet-maker'
import { testEngines } from '@txkeep/test-engines'
import { AcceptingServices } from './accepting-services.js'
import { Comparisons } from './comparison.js'
import { makeWallets, moveOnServer, type WalletPair } from './make-wallets.js'
import { measureReads } from './measure-reads.js'
import { measureSync } from './measure-sync.js'
import { measurePaying, measureReceiving, paymentsFor } from './measure-writes.js'
import { StatementCounter } from './statement-counter.js'
import { Stopwatch } from './stopwatch.js'
import type { WalletBenchOptions, WalletPart } from './wallet-options.js'
import { ourSide, publishedSide, type SideOptions, type WalletSide } from './wallet-side.js'

/** What one size of wallet cost. */
export interface SizeResult {
  readonly actions: number
  /** Both storages on SQLite. */
  readonly compared: Comparisons
  /** Ours on each server that answers. */
  readonly servers: Comparisons
}

export interface CompareOptions extends Pick<WalletBenchOptions, 'parts' | 'repetitions'> {
  readonly folder: string
  readonly actions: number
  readonly say: (what: string) => void
}

/** Measures every part that is asked for, on one history that both storages get. */
export async function compareStorages(options: CompareOptions): Promise<SizeResult> {
  const { folder, actions, parts, repetitions, say } = options
  say(`making a wallet of ${actions} actions, and moving a copy`)
  const pair = await makeWallets(folder, actions)
  const counter = StatementCounter.install()
  const chain = await openChain(pair.chainFile)
  const compared = new Comparisons()
  const servers = new Comparisons()
  try {
    const payments = parts.has('receiving') ? await makePayments(chain, pair, repetitions) : []
    const services = await AcceptingServices.over(chain.knex)
    const side: SideOptions = { user: pair.user, services, stopwatch: new Stopwatch(counter) }
    counter.watch(pair.legacyFile)
    counter.watch(pair.movedFile)
    if (parts.has('servers')) await measureServers(pair, side, payments, options, servers)
    const ours = await ourSide(pair.movedFile, side)
    const published = await publishedSide(pair.legacyFile, side)
    const sides = [ours, published]
    try {
      await measureParts(sides, payments, options, compared)
      if (parts.has('sync')) {
        const ourCopy = join(folder, `our-copy-${actions}.sqlite`)
        const publishedCopy = join(folder, `published-copy-${actions}.sqlite`)
        for (const file of [ourCopy, publishedCopy]) counter.watch(file)
        say('syncing the whole wallet to a new store of ours')
        await syncTo(ours, await ourSide(ourCopy, side, { create: true }), compared)
        say('syncing the whole wallet to a new published store')
        await syncTo(published, await publishedSide(publishedCopy, side), compared)
      }
    } finally {
      for (const each of sides) await each.close()
    }
  } finally {
    await chain.knex.destroy()
  }
  return { actions, compared, servers }
}

async function measureParts(
  sides: readonly WalletSide[],
  payments: readonly Payment[],
  { parts, repetitions, say }: CompareOptions,
  into: Comparisons,
): Promise<void> {
  const measures: Partial<Record<WalletPart, () => Promise<void>>> = {
    receiving: () => measureReceiving(sides, payments, into),
    paying: () => measurePaying(sides, repetitions, into),
    // Last: on a connection that has read whole wallets the published storage was seen to write ten times as slowly.
    reads: () => measureReads(sides, repetitions, into),
  }
  for (const [part, measure] of Object.entries(measures)) {
    if (!parts.has(part as WalletPart)) continue
    say(`${part}: ${sides.map(({ name }) => name).join(', ')}`)
    await measure()
  }
}

async function measureServers(
  { legacyFile }: WalletPair,
  side: SideOptions,
  payments: readonly Payment[],
  options: CompareOptions,
  into: Comparisons,
): Promise<void> {
  const { Postgres, MySQL } = await testEngines()
  for (const engine of [Postgres, MySQL]) {
    if (engine.missing !== undefined) {
      options.say(`leaving out: ${engine.missing}`)
      continue
    }
    options.say(`moving the wallet on ${engine.name}`)
    const database = await engine.makeDatabase()
    try {
      await moveOnServer(legacyFile, database.url)
      await database.query('analyze')
      const ours = await ourSide(database.url, side, { name: engine.name })
      try {
        await measureParts([ours], payments, options, into)
      } finally {
        await ours.close()
      }
    } finally {
      await database.drop()
    }
  }
}

async function makePayments(
  chain: ConstructorParameters<typeof Faucet>[0],
  { user }: WalletPair,
  repetitions: number,
): Promise<Payment[]> {
  const faucet = new Faucet(chain, '11'.repeat(32), seededRandom(7))
  const payments: Payment[] = []
  for (let made = 0; made < paymentsFor(repetitions); made++) {
    payments.push(await faucet.pay({ identityKey: user.identityKey, satoshis: [5_000, 7_000], proven: true }))
  }
  return payments
}

async function syncTo(from: WalletSide, to: WalletSide, into: Comparisons): Promise<void> {
  try {
    await measureSync(from, to, into)
  } finally {
    await to.close()
  }
}
