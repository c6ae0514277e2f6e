import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { copyLegacyDatabase, makeBulkLegacyDatabase, type MadeUser } from '@txkeep/legacy-wallet-maker'
import { openMigrationDatabase, runSchemaCutover } from '@txkeep/migrate/knex'

/** One history, in the legacy schema and moved to ours. */
export interface WalletPair {
  readonly user: MadeUser
  readonly legacyFile: string
  readonly chainFile: string
  readonly movedFile: string
}

/** A wallet of this many actions of one user, with labels, tags and baskets, and the same wallet moved to our schema. */
export async function makeWallets(folder: string, actions: number): Promise<WalletPair> {
  const legacyFile = join(folder, `legacy-${actions}.sqlite`)
  const made = await makeBulkLegacyDatabase({ file: legacyFile, transactions: actions, users: 1, seed: 1 })
  const movedFile = join(folder, `moved-${actions}.sqlite`)
  copyFileSync(legacyFile, movedFile)
  await move(movedFile)
  const [user] = made.users
  if (user === undefined) throw new Error(`${legacyFile} has no user.`)
  return { user, legacyFile, chainFile: made.chainFile, movedFile }
}

/** The same wallet on a server: copied as it was, and moved there. */
export async function moveOnServer(legacyFile: string, url: string): Promise<void> {
  await copyLegacyDatabase({ from: legacyFile, to: url })
  await move(url)
}

async function move(url: string): Promise<void> {
  const database = await openMigrationDatabase(url)
  try {
    const { ok, verification, smoke } = await runSchemaCutover(database.knex)
    const failed = [...(verification?.checks ?? []), ...(smoke?.checks ?? [])].filter((check) => !check.ok)
    if (!ok) throw new Error(`The move failed: ${failed.map(({ id }) => id).join(', ')}.`)
  } finally {
    await database.close()
  }
}
