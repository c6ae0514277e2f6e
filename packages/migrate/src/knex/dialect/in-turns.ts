import type { SqlSession } from '../sql-session.js'

/** For engines whose statements may write a row once: rows of one `key` in turns, in order of `order`. */
export async function inTurns(
  session: SqlSession,
  { table, key, order }: { readonly table: string; readonly key: string; readonly order: string },
  statements: (source: string) => readonly string[],
): Promise<void> {
  const most = await session.get<{ turns: number | null }>(
    `select max(n) as turns from (select count(*) as n from ${table} where ${key} <> '' group by ${key}) as counted`,
  )
  for (let turn = 1; turn <= (most?.turns ?? 0); turn += 1) {
    const numbered = `select x.*, row_number() over (partition by ${key} order by ${order}) as turn from ${table} as x where ${key} <> ''`
    for (const sql of statements(`(select * from (${numbered}) as numbered where turn = ${turn})`))
      await session.run(sql)
  }
}
