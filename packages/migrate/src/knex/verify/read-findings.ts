import type { Finding, FindingSummary } from '../../finding.js'
import type { SqlSession } from '../sql-session.js'
import type { Catalogue } from './catalogue.js'

const EXAMPLES = 5

/** What the migration wrote down about the legacy data: every class with its number and a few examples, the most frequent first. */
export async function readFindings(session: SqlSession, catalogue: Catalogue): Promise<FindingSummary[]> {
  if (!catalogue.has('migration_findings')) return []
  const classes = await session.all<{ name: string; count: number }>(
    `SELECT class AS name, count(*) AS count FROM migration_findings GROUP BY class ORDER BY count(*) DESC, class`,
  )
  const summaries: FindingSummary[] = []
  for (const { name, count } of classes) {
    const examples = await session.all<Finding>(
      `SELECT class, table_name AS "table", key1, key2, action, original_json AS original
         FROM migration_findings WHERE class = ? ORDER BY findingId LIMIT ${EXAMPLES}`,
      [name],
    )
    summaries.push({ class: name, count, examples })
  }
  return summaries
}
