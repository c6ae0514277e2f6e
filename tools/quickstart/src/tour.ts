/** Tells a newcomer what happens: numbered steps on stdout, a line or two each. */
export class Tour {
  #step = 0
  readonly #startedAt: number = performance.now()

  step(title: string): void {
    this.#step += 1
    console.log(`\n${String(this.#step).padStart(2)}. ${title}`)
  }

  say(line: string): void {
    console.log(`    ${line}`)
  }

  /** Seconds since the tour began. */
  get seconds(): string {
    return ((performance.now() - this.#startedAt) / 1000).toFixed(1)
  }
}

/** A whole number with thousands separators. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US')
}

/** Ends the tour, and with it the process, unless what it claims is so. */
export function claim<T>(what: string, actual: T, expected: T): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, found ${found}.`)
}
