import { copyFileSync } from 'node:fs'
import { makeLegacyWallet, openLegacyWallet, type MadeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { LEGACY_FENCE_SENTENCE } from '@txkeep/storage-knex/schema'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cutover, expand, markVerified, rollback, runKnexBackfill, startCapture } from '../src/knex/index.js'
import { legacyCopy, openFile, openPlain, temporaryFolder } from './support/legacy-copy.js'

describe('after the cutover a legacy application', () => {
  let made: MadeLegacyWallet

  beforeAll(async () => {
    const folder = temporaryFolder()
    made = await makeLegacyWallet({
      file: join(folder, 'wallet.sqlite'),
      users: 1,
      actions: 6,
      seed: 3,
      forcedPairs: 'none',
      sync: false,
    })
  }, 120_000)

  async function swap(file: string): Promise<Awaited<ReturnType<typeof openFile>>> {
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    await markVerified(knex)
    await cutover(knex)
    return knex
  }

  it('that still holds a connection gets the sentence for every write', async () => {
    const file = legacyCopy()
    const legacy = openPlain(file)
    const update = legacy.prepare('update outputs set spendable = 0 where outputId = ?')
    await swap(file)
    expect(() => update.run(1)).toThrow(LEGACY_FENCE_SENTENCE)
    for (const sql of [
      `insert into tx_labels (userId, label) values (1, 'x')`,
      `update sync_states set status = 'x'`,
      `delete from commissions`,
      `insert into tx_labels_map (txLabelId, actionId) values (1, 1)`,
      `update transactions set txid = 'x'`,
    ])
      expect(() => legacy.exec(sql)).toThrow(LEGACY_FENCE_SENTENCE)
  })

  it('of the published toolbox can neither write through its open wallet nor start again, and can after a rollback', async () => {
    const file = join(temporaryFolder(), 'wallet.sqlite')
    copyFileSync(made.file, file)
    copyFileSync(made.chainFile, `${file}.chain`)
    const rootKeyHex = made.users[0]?.rootKeyHex ?? ''
    const open = await openLegacyWallet({ file, chainFile: `${file}.chain`, rootKeyHex })
    const before = await open.balance()
    const knex = await swap(file)
    await expect(open.storage.knex('outputs').update({ spendable: false })).rejects.toThrow(LEGACY_FENCE_SENTENCE)
    await expect(open.storage.knex('output_baskets').insert({ userId: 1, name: 'late' })).rejects.toThrow(
      LEGACY_FENCE_SENTENCE,
    )
    await open.close()
    await expect(openLegacyWallet({ file, chainFile: `${file}.chain`, rootKeyHex })).rejects.toThrow(
      /moved to the txkeep schema/,
    )
    await rollback(knex)
    const again = await openLegacyWallet({ file, chainFile: `${file}.chain`, rootKeyHex })
    await expect(again.balance()).resolves.toBe(before)
    await again.close()
  }, 120_000)
})
