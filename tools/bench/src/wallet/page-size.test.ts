import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validation } from '@bsv/sdk'
import { openChain } from '@txkeep/legacy-wallet-maker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AcceptingServices } from './accepting-services.js'
import { makeWallets } from './make-wallets.js'
import { StatementCounter } from './statement-counter.js'
import { NOTHING, Stopwatch } from './stopwatch.js'
import { ourSide, type WalletSide } from './wallet-side.js'

let folder: string
let side: WalletSide
let closeChain: () => Promise<void>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'txkeep-page-size-'))
  const pair = await makeWallets(folder, 400)
  const counter = StatementCounter.install()
  counter.watch(pair.movedFile)
  const chain = await openChain(pair.chainFile)
  closeChain = () => chain.knex.destroy()
  const services = await AcceptingServices.over(chain.knex)
  side = await ourSide(pair.movedFile, { user: pair.user, services, stopwatch: new Stopwatch(counter) })
}, 120_000)

afterAll(async () => {
  await side.close()
  await closeChain()
  await rm(folder, { recursive: true })
})

async function statementsFor(call: string, length: number, run: () => Promise<readonly unknown[]>): Promise<number> {
  expect(await run()).toHaveLength(length)
  const { statements } = side.take().get(call) ?? NOTHING
  expect(statements).toBeGreaterThan(3)
  return statements
}

test('a page of 200 actions with outputs, inputs, labels and scripts takes as many statements as one of 50', async () => {
  const count = (limit: number): Promise<number> =>
    statementsFor('listActions', limit, async () => {
      const args = Validation.validateListActionsArgs({
        labels: [],
        // The first of all only receive, and have no inputs to show.
        offset: 100,
        limit,
        includeLabels: true,
        includeInputs: true,
        includeInputSourceLockingScripts: true,
        includeInputUnlockingScripts: true,
        includeOutputs: true,
        includeOutputLockingScripts: true,
      })
      return (await side.storage.listActions(side.auth, args)).actions
    })
  expect(await count(200)).toBe(await count(50))
})

test('a page of 200 coins with tags, labels and scripts takes as many statements as one of 50', async () => {
  const count = (limit: number): Promise<number> =>
    statementsFor('listOutputs', limit, async () => {
      const args = Validation.validateListOutputsArgs({
        basket: 'default',
        limit,
        includeTags: true,
        includeLabels: true,
        includeCustomInstructions: true,
        include: 'locking scripts',
      })
      return (await side.storage.listOutputs(side.auth, args)).outputs
    })
  expect(await count(200)).toBe(await count(50))
})
