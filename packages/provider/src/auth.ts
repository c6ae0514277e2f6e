import type { StoreReader, UserRow } from '@txkeep/core'
import { WERR_UNAUTHORIZED } from './errors/werr.js'
import type { AuthId } from './published/arguments.js'

/**
 * The user who calls, found by both the id and the identity key, so that an id alone opens nobody's wallet. Ask inside the
 * unit of work that reads or writes her rows, and put her `userId` into every query.
 *
 * @throws {WERR_UNAUTHORIZED} if there is no id, or no user with this id and key.
 */
export async function authorize(tx: Pick<StoreReader, 'users'>, auth: AuthId): Promise<UserRow> {
  const { userId, identityKey } = (auth as AuthId | undefined) ?? { identityKey: undefined }
  if (typeof userId !== 'number' || typeof identityKey !== 'string') {
    throw new WERR_UNAUTHORIZED('Access is denied: nobody is authenticated. Call findOrInsertUser first.')
  }
  const [user] = await tx.users.find({ userId, identityKey }, { limit: 1 })
  if (user === undefined) {
    throw new WERR_UNAUTHORIZED(`Access is denied: user ${userId} has another identity key, or is not in this store.`)
  }
  return user
}

/**
 * `userId` itself, or the caller's when a row names none: a row of somebody else is refused.
 *
 * @throws {WERR_UNAUTHORIZED} if it is another user's.
 */
export function assertOwnRow(userId: number, given: { readonly userId?: number | undefined }): void {
  if (given.userId === undefined || given.userId === userId) return
  throw new WERR_UNAUTHORIZED(`Access is denied: the row belongs to user ${given.userId}, the caller is ${userId}.`)
}
