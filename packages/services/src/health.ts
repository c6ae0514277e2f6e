import type { Clock } from '@txkeep/core'
import { ServiceUnavailableError } from './service-error.js'

/** How one provider has been doing. */
export interface ProviderHealth {
  readonly provider: string
  /** `open`: it is left alone until `pausedUntil`. `half-open`: the pause is over, the next question tells. */
  readonly state: 'closed' | 'open' | 'half-open'
  /** Failures since it last answered. */
  readonly failures: number
  readonly pausedUntil: Date | undefined
}

export interface HealthOptions {
  /** After how many failures in a row a provider is left alone. Default 5. */
  readonly failuresToPause?: number
  /** For how long, in ms; it doubles with each failure after the pause, up to ten times as much. Default 30 000. */
  readonly pauseMs?: number
}

/** A provider that asks for a longer pause than this gets this. */
const MAX_REQUESTED_PAUSE_MS = 10 * 60_000

/** The circuit of each provider: who failed is asked last, who keeps failing or asks for a pause is left alone for a while. */
export class HealthBoard {
  readonly #clock: Clock
  readonly #failuresToPause: number
  readonly #pauseMs: number
  readonly #records: Map<string, { failures: number; failedAt: number; pausedUntil: number }> = new Map()
  #failed = 0

  constructor(clock: Clock, { failuresToPause = 5, pauseMs = 30_000 }: HealthOptions) {
    this.#clock = clock
    this.#failuresToPause = failuresToPause
    this.#pauseMs = pauseMs
  }

  /** The providers in the order to ask them: who failed last comes last, otherwise as given. */
  order<P extends { readonly name: string }>(providers: readonly P[]): readonly P[] {
    const failedAt = ({ name }: P): number => this.#records.get(name)?.failedAt ?? 0
    return [...providers].sort((a, b) => failedAt(a) - failedAt(b))
  }

  /** @throws {ServiceUnavailableError} if the provider is to be left alone now. */
  assertOpenToQuestions(provider: string): void {
    const pausedUntil = this.#records.get(provider)?.pausedUntil ?? 0
    const leftMs = pausedUntil - this.#clock.now().getTime()
    if (leftMs <= 0) return
    const until = new Date(pausedUntil).toISOString()
    throw new ServiceUnavailableError(provider, 'paused', `it is left alone until ${until}`, leftMs)
  }

  answered(provider: string): void {
    this.#records.delete(provider)
  }

  failed(provider: string, error: unknown): void {
    // Who stopped the request, or asked what is not offered, says nothing about the provider.
    if (error instanceof ServiceUnavailableError && ['stopped', 'paused', 'not-offered'].includes(error.reason)) return
    const failures = (this.#records.get(provider)?.failures ?? 0) + 1
    const over = failures - this.#failuresToPause
    const ownPause = over < 0 ? 0 : this.#pauseMs * Math.min(2 ** over, 10)
    const requested = error instanceof ServiceUnavailableError ? (error.retryAfterMs ?? 0) : 0
    const pauseMs = Math.max(ownPause, Math.min(requested, MAX_REQUESTED_PAUSE_MS))
    const pausedUntil = pauseMs === 0 ? 0 : this.#clock.now().getTime() + pauseMs
    this.#records.set(provider, { failures, failedAt: ++this.#failed, pausedUntil })
  }

  report(provider: string): ProviderHealth {
    const { failures = 0, pausedUntil = 0 } = this.#records.get(provider) ?? {}
    const isPaused = pausedUntil > this.#clock.now().getTime()
    const state = isPaused ? 'open' : pausedUntil > 0 ? 'half-open' : 'closed'
    return { provider, state, failures, pausedUntil: isPaused ? new Date(pausedUntil) : undefined }
  }
}
