import type { CheckResult, Difference } from '../../check-result.js'

/** How many differences of one check are kept with their keys; the rest are only counted. */
export const KEPT_DIFFERENCES = 20

/** Counts every difference and keeps the first few. */
export class DifferenceList {
  readonly kept: Difference[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(difference: Difference): void {
    this.#count += 1
    if (this.kept.length < KEPT_DIFFERENCES) this.kept.push(difference)
  }

  /** A check that holds when nothing was added: 0 differences are expected. */
  toCheck(id: string, claim: string): CheckResult {
    return {
      id,
      ok: this.#count === 0,
      expected: 0,
      actual: this.#count,
      detail: this.#count === 0 ? claim : `Not so: ${claim} First keys: ${this.#keys()}.`,
      ...(this.#count === 0 ? {} : { differences: this.kept }),
    }
  }

  #keys(): string {
    const keys = this.kept
      .slice(0, 5)
      .map(({ table, key, column }) => `${table} ${key}${column === undefined ? '' : ` ${column}`}`)
    return keys.join(', ')
  }
}

/** A check that two values are the same, with keys when some are known. */
export function equalCheck(
  id: string,
  claim: string,
  expected: string | number,
  actual: string | number,
  differences: readonly Difference[] = [],
): CheckResult {
  const ok = expected === actual
  return {
    id,
    ok,
    expected,
    actual,
    detail: ok ? claim : `Not so: ${claim}`,
    ...(differences.length === 0 ? {} : { differences: differences.slice(0, KEPT_DIFFERENCES) }),
  }
}

/** A value as a report may show it: bytes only as their number, long text cut. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Uint8Array) return `${value.length} bytes`
  const text = String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
