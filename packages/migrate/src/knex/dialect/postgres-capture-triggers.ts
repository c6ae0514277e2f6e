import { postgresSchema } from '@txkeep/storage-knex/schema'
import type { CaptureKeys, NamedStatement } from './migration-dialect.js'

const { quote } = postgresSchema

/**
 * One row trigger for inserts, updates and deletes, and one that rejects TRUNCATE, which no row trigger sees; each with a function of
 * its name. The functions run with the rights of who installs them, so that the legacy role needs none on the outbox, and look names up
 * in this schema alone. They fire in every session, replication included.
 */
export function postgresCaptureTriggers(
  { table, key1, key2 }: CaptureKeys,
  prefix: string,
  outbox: string,
): readonly NamedStatement[] {
  const keysOf = (row: string): string =>
    `${row}.${quote(key1)}, ${key2 === undefined ? 'null' : `${row}.${quote(key2)}`}`
  const append = (row: string): string =>
    `insert into ${quote(outbox)} (table_name, key1, key2) values (''${table}'', ${keysOf(row)});`
  const isRekeyed = `(${keysOf('old')}) is distinct from (${keysOf('new')})`
  const body =
    `begin if tg_op = ''DELETE'' or (tg_op = ''UPDATE'' and ${isRekeyed}) then ${append('old')} end if; ` +
    `if tg_op <> ''DELETE'' then ${append('new')} end if; return null; end`
  const refusal = `begin raise exception ''TRUNCATE of ${table} is refused while txkeep-migrate follows its rows. Delete the rows, or run txkeep-migrate capture stop.''; end`
  return [
    statement(table, `${prefix}_${table}_row`, 'after insert or update or delete', 'row', body),
    statement(table, `${prefix}_${table}_truncate`, 'before truncate', 'statement', refusal),
  ]
}

/**
 * One trigger per kind of write that refuses it, whole, on connections without `marker`. A function of each, so that a trigger takes its
 * own with it when it goes.
 */
export function postgresRefusalTriggers(
  table: string,
  prefix: string,
  { marker, sentence }: { readonly marker: string; readonly sentence: string },
): readonly NamedStatement[] {
  const body =
    `begin if current_setting(''${marker}'', true) is distinct from ''1'' then ` +
    `raise exception ''${sentence.replaceAll("'", "''''")}''; end if; return null; end`
  return ['insert', 'update', 'delete'].map((event) =>
    statement(table, `${prefix}_${table}_${event}`, `before ${event}`, 'statement', body),
  )
}

export function dropPostgresTrigger(name: string, table: string): string {
  return `drop trigger if exists ${quote(name)} on ${quote(table)}; drop function if exists ${quote(name)}()`
}

/** `body` is said inside a text, so its own quotes are doubled. */
function statement(
  table: string,
  name: string,
  when: string,
  level: 'row' | 'statement',
  body: string,
): NamedStatement {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
  return {
    name,
    sql:
      `do ${text(
        `begin execute format(${text(
          `create function %I.${quote(name)}() returns trigger language plpgsql security definer set search_path = %I, pg_temp as '${body}'`,
        )}, current_schema(), current_schema()); end`,
      )};` +
      ` create trigger ${quote(name)} ${when} on ${quote(table)} for each ${level} execute function ${quote(name)}();` +
      ` alter table ${quote(table)} enable always trigger ${quote(name)}`,
  }
}
