/**
 * A shared statement as Postgres takes it: names in mixed case keep it (`outputId` is `"outputId"`), and the n-th `?` is `$n`. Texts,
 * quoted names, comments and dollar-quoted bodies stay as they are. Keywords are written in one case throughout.
 */
export function postgresStatement(sql: string): string {
  let position = 0
  return sql.replace(TOKEN, (token) => {
    if (token === '?') return `$${(position += 1)}`
    return MIXED_CASE.test(token) ? `"${token}"` : token
  })
}

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|--[^\n]*|[A-Za-z_][A-Za-z0-9_]*|\?/g
const MIXED_CASE = /^(?=[^'"$-]*[a-z])(?=[^'"$-]*[A-Z])[A-Za-z_][A-Za-z0-9_]*$/
