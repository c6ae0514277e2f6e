import BetterSqlite3 from 'better-sqlite3'

/** How many rows, and which statuses, a legacy database holds. */
export interface LegacySummary {
  /** Rows per table, by table name. */
  rows: Readonly<Record<string, number>>
  /** Actions by `transaction status|request status|proof`, where a missing request is `none` and the last word is `proof` or `no proof`. */
  statuses: Readonly<Record<string, number>>
}

/** Counts what a legacy database holds, without changing it. */
export function summarize(file: string): LegacySummary {
  const database = new BetterSqlite3(file, { readonly: true })
  try {
    const tables = database
      .prepare(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'knex_%' order by name",
      )
      .pluck()
      .all() as string[]
    const rows = tables.map((table) => [
      table,
      database.prepare(`select count(*) from "${table}"`).pluck().get() as number,
    ])
    const statuses = database
      .prepare(
        `select t.status || '|' || coalesce(r.status, 'none') || '|' ||
                case when t.provenTxId is null then 'no proof' else 'proof' end as pair, count(*) as actions
           from transactions t left join proven_tx_reqs r on r.txid = t.txid
          group by pair order by pair`,
      )
      .all() as { pair: string; actions: number }[]
    return {
      rows: Object.fromEntries(rows) as Record<string, number>,
      statuses: Object.fromEntries(statuses.map(({ pair, actions }) => [pair, actions])),
    }
  } finally {
    database.close()
  }
}
