import { seededRandom, type NetworkMood } from '@txkeep/legacy-wallet-maker'

/** How often each kind of step happens, relative to the others. */
const WEIGHTS = {
  payNow: 14,
  payLater: 8,
  keep: 6,
  keepOnTop: 3,
  draft: 5,
  signDraft: 5,
  abort: 4,
  sendKept: 5,
  mint: 6,
  spendToken: 6,
  relinquish: 2,
  receiveProven: 6,
  receiveUnproven: 3,
  receiveUnposted: 4,
  receiveAgain: 2,
  payNeighbour: 4,
  strangerPosts: 2,
  strangerSteals: 1,
  sweep: 1,
  mine: 6,
  collectProofs: 5,
  sendWaiting: 5,
  review: 4,
  reorg: 2,
} as const

export type StepKind = keyof typeof WEIGHTS

/** One thing that happens. What it is done to is drawn from `seed`, among what there is by then. */
export interface SessionStep {
  readonly kind: StepKind
  /** Whose step it is. */
  readonly user: number
  /** How the network answers meanwhile. */
  readonly mood: NetworkMood
  readonly seed: number
}

const MOODS: Readonly<Partial<Record<NetworkMood, number>>> = {
  healthy: 76,
  unavailable: 8,
  rejecting: 8,
  crash: 3,
  lostAnswer: 5,
}

/** So many steps; the same seed draws the same ones. `without` leaves kinds out. */
export function drawSteps(
  count: number,
  seed: number,
  users: number,
  { without = [], moods = MOODS }: { readonly without?: readonly StepKind[]; readonly moods?: typeof MOODS } = {},
): SessionStep[] {
  const random = seededRandom(seed)
  const weights = Object.fromEntries(Object.entries(WEIGHTS).filter(([kind]) => !without.includes(kind as StepKind)))
  const first: SessionStep = { kind: 'receiveProven', user: 0, mood: 'healthy', seed: random.integer(1, 2 ** 31) }
  const steps = Array.from({ length: count }, (): SessionStep => ({
    kind: random.pickWeighted(weights) as StepKind,
    user: random.integer(0, users - 1),
    mood: random.pickWeighted(moods as Record<NetworkMood, number>),
    seed: random.integer(1, 2 ** 31),
  }))
  return [first, ...steps].slice(0, Math.max(count, 1))
}
