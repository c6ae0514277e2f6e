/**
 * How many rows all pages have together, where this page tells: it is not full, so it is the last. Undefined when they have to be
 * counted: the page is full, or lies beyond the end. Within one view of the database only.
 */
export function endOf(
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
  found: number,
): number | undefined {
  const isLast = found < limit && (found > 0 || offset === 0)
  return isLast ? offset + found : undefined
}
