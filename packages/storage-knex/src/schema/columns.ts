import type { ColumnDefinition } from './table-definition.js'

/** Short constructors, so that a table reads like the list of its columns. Not null unless wrapped in `nullable`. */

export function id(name: string): ColumnDefinition {
  return { name, type: 'id', nullable: false }
}

export function integer(name: string, fallback?: number): ColumnDefinition {
  return { name, type: 'integer', nullable: false, ...given(fallback) }
}

export function bigint(name: string, fallback?: number): ColumnDefinition {
  return { name, type: 'bigint', nullable: false, ...given(fallback) }
}

export function boolean(name: string, fallback?: boolean): ColumnDefinition {
  return { name, type: 'boolean', nullable: false, ...given(fallback) }
}

export function timestamp(name: string, fallback?: 'now'): ColumnDefinition {
  return { name, type: 'timestamp', nullable: false, ...given(fallback) }
}

/** `length` in characters. */
export function string(name: string, length: number, fallback?: string): ColumnDefinition {
  return { name, type: 'string', length, nullable: false, ...given(fallback) }
}

export function text(name: string): ColumnDefinition {
  return { name, type: 'text', nullable: false }
}

export function bytes(name: string): ColumnDefinition {
  return { name, type: 'bytes', nullable: false }
}

export function nullable(column: ColumnDefinition): ColumnDefinition {
  return { ...column, nullable: true }
}

/** The pair every table of a wallet starts with. */
export const STAMPS: readonly ColumnDefinition[] = [timestamp('created_at', 'now'), timestamp('updated_at', 'now')]

function given(fallback: ColumnDefinition['default']): Pick<ColumnDefinition, 'default'> {
  return fallback === undefined ? {} : { default: fallback }
}
