import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyLegacyDatabase, makeLegacyWallet, openLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { expand, openMigrationDatabase, runSchemaCutover } from '@txkeep/migrate/knex'
import { openStore } from '@txkeep/storage-knex'
import { describeOnEngines } from '@txkeep/test-engines'
import { expect, onTestFinished, test } from 'vitest'

await describeOnEngines(
  'a store that is opened while its wallet is still a legacy one',
  (engine) => {
    test('is refused with the command to run, or waits for the move and begins with every coin', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'txkeep-wait-'))
      const database = await engine.makeDatabase()
      onTestFinished(async () => {
        await database.drop()
        await rm(folder, { recursive: true })
      })
      // Left out: statuses of which the published balance leaves coins out, that ours counts.
      const mix = { sendInterrupted: 0, sendLaterInterrupted: 0, sendDoublySpent: 0 }
      const file = join(folder, 'legacy.sqlite')
      const legacy = await makeLegacyWallet({ file, seed: 5, actions: 30, users: 1, mix, forcedPairs: 'none' })
      const [user] = legacy.users
      const before = await openLegacyWallet({ ...legacy, rootKeyHex: user!.rootKeyHex })
      const balance = await before.balance()
      await before.close()
      if (engine.name === 'SQLite') await copyFile(file, database.url.replace(/^sqlite:/, ''))
      else await copyLegacyDatabase({ from: file, to: database.url })
      await expect(openStore(database.url)).rejects.toMatchObject({
        code: 'NOT_A_WALLET',
        message: expect.stringMatching(/holds a legacy wallet\. Run `txkeep-migrate run --db .+`/),
      })

      const migration = await openMigrationDatabase(database.url)
      await expand(migration.knex)
      await expect(openStore(database.url, { create: true })).rejects.toMatchObject({
        code: 'NOT_A_WALLET',
        message: expect.stringContaining('is in the middle of its migration (phase expanded). Run `txkeep-migrate run'),
      })
      const opening = openStore(database.url, { waitForCutover: true })
      const { ok } = await runSchemaCutover(migration.knex)
      await migration.close()
      expect(ok).toBe(true)

      const store = await opening
      onTestFinished(() => store.close())
      const held = await store.read(async (tx) => {
        const [row] = await tx.users.find({ identityKey: user!.identityKey })
        const [basket] = await tx.baskets.find({ userId: row!.userId, name: 'default' })
        return tx.outputs.sum({ userId: row!.userId, basketId: basket!.basketId })
      })
      expect(balance).toBeGreaterThan(0)
      expect(held.satoshis).toBe(balance)
    })
  },
  ['SQLite', 'Postgres'],
)
