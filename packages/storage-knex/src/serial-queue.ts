/** Runs one job at a time in the order of arrival. A job that fails does not hold up the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves when every job that is queued now has ended. */
  async idle(): Promise<void> {
    await this.#last
  }
}
