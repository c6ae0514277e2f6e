import type { Store } from '@txkeep/core'

/** How long something took over several runs, in milliseconds. */
export interface Latency {
  readonly runs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Runs `work` once to warm up and `runs` times for the clock. */
export async function measureLatency(runs: number, work: (run: number) => Promise<unknown>): Promise<Latency> {
  await work(0)
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const began = performance.now()
    await work(run)
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 1000) / 1000
  return { runs, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}

/** The user and basket with the most coins: where the hot query has the most to do. */
export interface HotBasket {
  readonly userId: number
  readonly basketId: number
}

/** The hot query as createAction asks it, on the fullest basket. */
export async function measureHotQuery(store: Store, basket: HotBasket, runs = 100): Promise<Latency> {
  return await measureLatency(
    runs,
    async () => await store.read(async (tx) => await tx.outputs.findSpendable({ ...basket, limit: 10 })),
  )
}
