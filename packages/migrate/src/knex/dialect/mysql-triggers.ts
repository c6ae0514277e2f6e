import { mysqlSchema } from '@txkeep/storage-knex/schema'
import type { CaptureKeys, NamedStatement } from './migration-dialect.js'

const { quote } = mysqlSchema

/** One row trigger per kind of write. `REPLACE` deletes what is in its way with the triggers of a delete; TRUNCATE and cascades pass all by. */
export function mysqlCaptureTriggers(
  { table, key1, key2 }: CaptureKeys,
  prefix: string,
  outbox: string,
): readonly NamedStatement[] {
  const keys = [key1, ...(key2 === undefined ? [] : [key2])]
  const keysOf = (row: string): string =>
    `${row}.${quote(key1)}, ${key2 === undefined ? 'null' : `${row}.${quote(key2)}`}`
  const append = (row: string): string =>
    `insert into ${quote(outbox)} (table_name, key1, key2) values ('${table}', ${keysOf(row)});`
  const isRekeyed = keys.map((key) => `not (old.${quote(key)} <=> new.${quote(key)})`).join(' or ')
  const bodies = {
    insert: append('new'),
    update: `if ${isRekeyed} then ${append('old')} end if; ${append('new')}`,
    delete: append('old'),
  }
  return Object.entries(bodies).map(([event, body]) => {
    const name = `${prefix}_${table}_${event}`
    return {
      name,
      sql: `create trigger ${quote(name)} after ${event} on ${quote(table)} for each row begin ${body} end`,
    }
  })
}

/** Refuse a write of a connection whose `marker` is not set. */
export function mysqlRefusalTriggers(
  table: string,
  prefix: string,
  { marker, sentence }: { readonly marker: string; readonly sentence: string },
): readonly NamedStatement[] {
  // No server takes a longer one.
  const text = sentence.slice(0, 127).replaceAll("'", "''")
  return ['insert', 'update', 'delete'].map((event) => {
    const name = `${prefix}_${table}_${event}`
    return {
      name,
      sql:
        `create trigger ${quote(name)} before ${event} on ${quote(table)} for each row ` +
        `begin if coalesce(${marker}, 0) <> 1 then signal sqlstate '45000' set message_text = '${text}'; end if; end`,
    }
  })
}
