import type Database from 'better-sqlite3'

/** Takes every `not null` away from columns of a table that are no key, as in a database somebody made by hand. */
export function loosen(database: Database.Database, ...tables: readonly string[]): void {
  database.unsafeMode(true)
  database.pragma('writable_schema = on')
  for (const table of tables) {
    const sql = database.prepare('select sql from sqlite_schema where name = ?').pluck().get(table)
    const lines = String(sql)
      .split(',')
      .map((part) => (/primary key/i.test(part) ? part : part.replace(/ not null/i, '')))
    database.prepare('update sqlite_schema set sql = ? where name = ?').run(lines.join(','), table)
  }
  database.pragma('writable_schema = reset')
  database.unsafeMode(false)
}
