type Element = string | number | null

/** The type of an array that holds these: numbers alone, or text. */
export function arrayType(values: readonly Element[]): 'bigint[]' | 'text[]' {
  return values.some((value) => typeof value === 'string') ? 'text[]' : 'bigint[]'
}

/** An array as one value of a statement, e.g. `{1,2,NULL}` or `{"it\"s"}`. */
export function arrayLiteral(values: readonly Element[]): string {
  return `{${values.map(elementLiteral).join(',')}}`
}

function elementLiteral(value: Element): string {
  if (value === null) return 'NULL'
  return typeof value === 'number' ? String(value) : `"${value.replace(/["\\]/g, '\\$&')}"`
}
