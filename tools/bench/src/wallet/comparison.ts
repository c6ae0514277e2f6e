import type { Cost } from './stopwatch.js'

/** One kind of call as each storage answered it, in the same order: one cost per repetition. */
export interface Comparison {
  readonly call: string
  readonly costs: ReadonlyMap<string, readonly Cost[]>
}

/** Collects costs by call and storage. */
export class Comparisons {
  readonly #calls: Map<string, Map<string, Cost[]>> = new Map()

  add(call: string, side: string, cost: Cost): void {
    const sides = this.#calls.get(call) ?? new Map<string, Cost[]>()
    this.#calls.set(call, sides)
    const costs = sides.get(side) ?? []
    sides.set(side, costs)
    costs.push(cost)
  }

  all(): Comparison[] {
    return [...this.#calls].map(([call, costs]) => ({ call, costs }))
  }
}
