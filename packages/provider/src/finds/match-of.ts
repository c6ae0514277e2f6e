import { checkObject } from '../check-shape.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'

/** Columns that may be filtered by, and what their values are. */
export type FilterColumns<Row> = Readonly<Partial<Record<keyof Row & string, 'number' | 'text' | 'boolean' | 'date'>>>

/**
 * A published `partial` as a filter on our rows: timestamps under our names, absent values left out.
 *
 * @throws {WERR_INVALID_PARAMETER} for any other column, e.g. a binary one, and for a value of another kind: a filter nobody
 *   understands must not be ignored.
 */
export function matchOf<Row extends object>(partial: object, columns: FilterColumns<Row>): Partial<Row> {
  const match: Record<string, unknown> = {}
  const kinds = new Map(Object.entries(columns))
  for (const [name, value] of Object.entries(checkObject('args.partial', partial))) {
    if (value === undefined) continue
    const column = RENAMED.get(name) ?? name
    const kind = kinds.get(column)
    if (kind === undefined) {
      throw new WERR_INVALID_PARAMETER(`args.partial.${name}`, `one of: ${[...kinds.keys()].join(', ')}`)
    }
    if (!isOfKind(value, kind as string)) throw new WERR_INVALID_PARAMETER(`args.partial.${name}`, `a ${String(kind)}`)
    match[column] = value
  }
  return match as Partial<Row>
}

const RENAMED: ReadonlyMap<string, string> = new Map([
  ['created_at', 'createdAt'],
  ['updated_at', 'updatedAt'],
  ['transactionId', 'actionId'],
  ['spentBy', 'spentByActionId'],
])

function isOfKind(value: unknown, kind: string): boolean {
  if (kind === 'date') return value instanceof Date && Number.isFinite(value.getTime())
  if (kind === 'number') return typeof value === 'number' && Number.isSafeInteger(value)
  if (kind === 'boolean') return typeof value === 'boolean'
  return typeof value === 'string' && !value.includes('\u0000')
}
