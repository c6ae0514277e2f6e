import type { SettingsRow } from '@txkeep/core'
import type { Chain, TableSettings } from '../published/rows.js'

/** The settings as published. */
export function toTableSettings(row: SettingsRow): TableSettings {
  return {
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    storageIdentityKey: row.storageIdentityKey,
    storageName: row.storageName,
    chain: row.chain as Chain,
    // A Postgres value is outside the published type; no published caller tests it.
    dbtype: row.dbtype as TableSettings['dbtype'],
    maxOutputScript: row.maxOutputScript,
  }
}
