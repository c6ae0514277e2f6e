import type { UserRow } from '@txkeep/core'
import type { TableUser } from '../published/rows.js'

/** The user as published. */
export function toTableUser(row: UserRow): TableUser {
  return {
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    userId: row.userId,
    identityKey: row.identityKey,
    activeStorage: row.activeStorage,
  }
}
