import { InvalidParameterError, silentTelemetry, systemClock, type Clock, type Telemetry } from '@txkeep/core'
import { FailoverServices } from './failover-services.js'
import { HealthBoard, type HealthOptions } from './health.js'
import type { ServiceProvider } from './provider.js'

export interface ServicesOptions extends HealthOptions {
  /** In the order they are asked while none fails. */
  readonly providers: readonly ServiceProvider[]
  readonly clock?: Clock
  /** Counts `txkeep_provider_requests_total` by provider, method and result. */
  readonly telemetry?: Telemetry
  /** How long one provider has for one broadcast of so many BEEF bytes, in ms. Default: 5 s and 50 ms per KiB, at most 30 s. */
  readonly postTimeoutMs?: (beefBytes: number) => number
}

/**
 * The port to the network over these providers. Hand `services.providers` to what wants to ask them one by one, such as
 * `broadcastTransactions`; the value itself fails over from one to the next.
 *
 * @throws {InvalidParameterError} if there is no provider, or two have the same name.
 * @example createServices({ providers: [arc({ url: 'https://arc.taal.com' }), whatsOnChain({ chain: 'main' })] })
 */
export function createServices(options: ServicesOptions): FailoverServices {
  const { providers, clock = systemClock, telemetry = silentTelemetry, postTimeoutMs = defaultPostTimeoutMs } = options
  const names = providers.map(({ name }) => name)
  if (names.length === 0) throw new InvalidParameterError('providers', '[]', 'at least one')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  // Two independent witnesses are told apart by their names.
  if (twice !== undefined) throw new InvalidParameterError('providers', twice, 'of different names; set `name`')
  const circle = { health: new HealthBoard(clock, options), telemetry, signal: undefined }
  return new FailoverServices({ circle, witnesses: providers, sources: providers, postTimeoutMs })
}

/** Source: docs/spec/lifecycle.md §6. */
function defaultPostTimeoutMs(beefBytes: number): number {
  return Math.min(5_000 + 50 * Math.ceil(beefBytes / 1024), 30_000)
}
