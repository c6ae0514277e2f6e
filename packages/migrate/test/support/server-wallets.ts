import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAnomalies, ANOMALIES, makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import type { TestEngine } from '@txkeep/test-engines'
import { afterEach, beforeAll } from 'vitest'
import { FIXTURE } from './legacy-copy.js'
import { ServerWallet } from './server-wallet.js'

/** Copies wallets to databases of this engine that are gone when the test ends; call it inside a suite. */
export function serverWallets(engine: TestEngine): (from?: string) => Promise<ServerWallet> {
  const wallets: ServerWallet[] = []
  afterEach(async () => {
    for (const wallet of wallets.splice(0)) await wallet.drop()
  })
  return async (from = FIXTURE) => {
    const wallet = await ServerWallet.copy(engine, from)
    wallets.push(wallet)
    return wallet
  }
}

/**
 * Titles and files of three legacy wallets, made before the tests run: the fixture, another seed, and that one with every anomaly
 * but those the engine has no room for.
 */
export function sourceWallets(unholdable: readonly string[]): readonly (readonly [title: string, file: string])[] {
  const folder = mkdtempSync(join(tmpdir(), 'txkeep-server-wallets-'))
  const [made, damaged] = [join(folder, 'made.sqlite'), join(folder, 'damaged.sqlite')]
  beforeAll(async () => {
    await makeLegacyWallet({ file: made, seed: 3, actions: 16, users: 2, forcedPairs: 'none' })
    copyFileSync(made, damaged)
    const holdable = ANOMALIES.map(({ id }) => id).filter((id) => !unholdable.includes(id))
    addAnomalies(damaged, holdable)
    return () => rmSync(folder, { recursive: true })
  }, 120_000)
  return [
    ['the published wallet made', FIXTURE],
    ['of another seed', made],
    ['with everything the maker can do to one', damaged],
  ]
}
