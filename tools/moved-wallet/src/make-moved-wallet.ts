import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeLegacyWallet, type MadeLegacyWallet, type MakeLegacyWalletOptions } from '@txkeep/legacy-wallet-maker'
import { openMigrationDatabase, runSchemaCutover } from '@txkeep/migrate/knex'

/** One history, twice. */
export interface MovedWallet {
  /** As the published toolbox left it: open it with `openLegacyWallet`. */
  readonly legacy: MadeLegacyWallet
  /** A copy of its SQLite file in the new schema: open it with `openStore`. */
  readonly movedFile: string
}

/**
 * A legacy wallet in this folder, and a copy of it moved to the new schema: same users, same ids, same txids, so that what both say
 * can be compared word for word.
 *
 * @throws if a check of the move fails.
 */
export async function makeMovedWallet(
  folder: string,
  options: Omit<MakeLegacyWalletOptions, 'file' | 'chainFile'>,
): Promise<MovedWallet> {
  const legacy = await makeLegacyWallet({ ...options, file: join(folder, 'legacy.sqlite') })
  const movedFile = join(folder, 'moved.sqlite')
  copyFileSync(legacy.file, movedFile)
  const database = await openMigrationDatabase(movedFile)
  try {
    const { ok, verification, smoke } = await runSchemaCutover(database.knex)
    const failed = [...(verification?.checks ?? []), ...(smoke?.checks ?? [])].filter((check) => !check.ok)
    if (!ok) throw new Error(`The move failed: ${failed.map(({ id }) => id).join(', ')}.`)
  } finally {
    await database.close()
  }
  return { legacy, movedFile }
}
