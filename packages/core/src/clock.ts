/** Where the time comes from. Tests hand in a fixed one; everything else uses `systemClock`. */
export interface Clock {
  now(): Date
}

/** The machine's own time. Leases never use it: they run on database time. */
export const systemClock: Clock = { now: () => new Date() }
