/**
 * A shared statement as MySQL and MariaDB take it, in a session that quotes names as the others do: what is temporary is spelled out, and
 * names that are words of theirs are quoted.
 */
export function mysqlStatement(sql: string): string {
  return sql
    .replace(/^\s*create temp table\b/i, 'create temporary table')
    .replaceAll(/\bas (rows|keys)\b/gi, 'as "$1"')
    .replaceAll(/(?<![.\w"`]|primary\s|unique\s)key(?=\s*(?:=|,|<>|in\b))/g, '"key"')
}
