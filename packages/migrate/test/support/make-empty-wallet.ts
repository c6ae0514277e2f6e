import { LEGACY_TABLES } from '../../src/knex/schema/table-names.js'
import { copyWallet, FIXTURE, withLegacyConnection } from './wallet-file.js'

/** A legacy wallet with users, baskets, labels and tags, but without a single transaction. */
export function makeEmptyWallet(file: string): string {
  copyWallet(FIXTURE, file)
  withLegacyConnection(file, (database) => {
    database.pragma('foreign_keys = off')
    for (const table of LEGACY_TABLES) database.exec(`delete from ${table}`)
    database.exec(`delete from sync_states; delete from sqlite_sequence`)
    const now = `'2025-01-02T03:04:05.678Z'`
    for (const id of [1, 2, 3]) {
      database.exec(
        `insert or ignore into users (created_at, updated_at, userId, identityKey, activeStorage) values (${now}, ${now}, ${id}, 'key ${id}', 'store');
         insert or ignore into output_baskets (created_at, updated_at, basketId, userId, name, numberOfDesiredUTXOs, minimumDesiredUTXOValue, isDeleted)
           values (${now}, ${now}, ${id + 100}, ${id}, 'basket ${id}', 1, 1, 0);
         insert or ignore into tx_labels (created_at, updated_at, txLabelId, userId, label, isDeleted) values (${now}, ${now}, ${id + 100}, ${id}, 'label ${id}', 0);
         insert or ignore into output_tags (created_at, updated_at, outputTagId, userId, tag, isDeleted) values (${now}, ${now}, ${id + 100}, ${id}, 'tag ${id}', 0)`,
      )
    }
  })
  return file
}
