import type { StatementCounter } from './statement-counter.js'

/** What one call cost. */
export interface Cost {
  readonly wallMs: number
  /** Processor time of this process, all its threads: what other processes do leaves it alone. */
  readonly cpuMs: number
  readonly statements: number
}

/** Adds up what calls of a storage cost, while it is told to; everything around them, such as signing, is left out. */
export class Stopwatch {
  readonly #counter: StatementCounter
  #total: Cost = NOTHING

  constructor(counter: StatementCounter) {
    this.#counter = counter
  }

  /** What was timed since the last call of this. */
  take(): Cost {
    const total = this.#total
    this.#total = NOTHING
    return total
  }

  async time<T>(work: () => Promise<T>): Promise<T> {
    const statements = this.#counter.count
    const cpu = process.cpuUsage()
    const started = performance.now()
    try {
      return await work()
    } finally {
      const wallMs = performance.now() - started
      const { user, system } = process.cpuUsage(cpu)
      this.#total = plus(this.#total, {
        wallMs,
        cpuMs: (user + system) / 1000,
        statements: this.#counter.count - statements,
      })
    }
  }
}

export const NOTHING: Cost = { wallMs: 0, cpuMs: 0, statements: 0 }

export function plus(one: Cost, other: Cost): Cost {
  return {
    wallMs: one.wallMs + other.wallMs,
    cpuMs: one.cpuMs + other.cpuMs,
    statements: one.statements + other.statements,
  }
}

/** Each measure's own median. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
    statements: median(costs.map(({ statements }) => statements)),
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
