import { authorize } from '../auth.js'
import { checkNoNul } from '../check-text.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/** How many users were changed: 1. From now on the store of this identity key is the user's active one. */
export async function setActive(context: ProviderContext, auth: AuthId, storageIdentityKey: string): Promise<number> {
  checkNoNul('newActiveStorageIdentityKey', storageIdentityKey)
  return context.store.write(async (tx) => {
    const { userId } = await authorize(tx, auth)
    return (await tx.users.update({ userId }, { activeStorage: storageIdentityKey })) ? 1 : 0
  })
}
