import { checkNoNul } from '../check-text.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { TableUser } from '../published/rows.js'
import { toTableUser } from './user-row.js'

/** The basket change goes to, and what a new one asks for. Source: docs/spec/wallet-storage.md §2.6. */
export const DEFAULT_BASKET = 'default'
const NEW_DEFAULT_BASKET = { numberOfDesiredUTXOs: 144, minimumDesiredUTXOValue: 32 }

/** Rows made here are older than any that comes by sync, so that the incoming one wins. */
const OLDER_THAN_ANY = new Date(Date.UTC(1971, 0, 1))

/** The user of this identity key, found or new with a `default` basket. Two callers at once get the same one. */
export async function findOrInsertUser(
  context: ProviderContext,
  identityKey: string,
): Promise<{ user: TableUser; isNew: boolean }> {
  if (checkNoNul('identityKey', identityKey).length === 0) {
    throw new WERR_INVALID_PARAMETER('identityKey', 'a public key in hex')
  }
  const [known] = await context.store.read((tx) => tx.users.find({ identityKey }, { limit: 1 }))
  if (known !== undefined) return { user: toTableUser(known), isNew: false }
  const { storageIdentityKey } = context.settings()
  return context.store.write(async (tx) => {
    const { row, inserted } = await tx.users.insertIfAbsent({
      identityKey,
      activeStorage: storageIdentityKey,
      updatedAt: OLDER_THAN_ANY,
    })
    if (inserted) {
      await tx.baskets.insertIfAbsent({
        userId: row.userId,
        name: DEFAULT_BASKET,
        ...NEW_DEFAULT_BASKET,
        isDeleted: false,
        updatedAt: OLDER_THAN_ANY,
      })
    }
    return { user: toTableUser(row), isNew: inserted }
  })
}
