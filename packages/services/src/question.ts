import { METRICS, type StopSignal, type Telemetry } from '@txkeep/core'
import type { HealthBoard } from './health.js'
import type { ServiceProvider } from './provider.js'
import { ServiceAnswerError, ServiceUnavailableError } from './service-error.js'

/** What providers can be asked. */
export type Question = Exclude<keyof ServiceProvider, 'name'>

/** What all questions of one set of services share. */
export interface Circle {
  readonly health: HealthBoard
  readonly telemetry: Telemetry
  readonly signal: StopSignal | undefined
}

/**
 * One provider's answer, noted on the health board and counted as `txkeep_provider_requests_total`.
 *
 * @throws {ServiceUnavailableError} if it is left alone now, or gave no answer.
 * @throws {ServiceAnswerError} if its answer counts for nothing, as also when it throws anything else.
 */
export async function ask<T>(
  { health, telemetry }: Circle,
  provider: ServiceProvider,
  question: Question,
  put: () => Promise<T>,
): Promise<T> {
  const count = (result: string): void =>
    telemetry.count(METRICS.providerRequests, 1, { provider: provider.name, method: question, result })
  try {
    health.assertOpenToQuestions(provider.name)
    const answer = await put()
    health.answered(provider.name)
    count('answered')
    return answer
  } catch (thrown) {
    const error = known(provider.name, thrown)
    health.failed(provider.name, error)
    count(error instanceof ServiceUnavailableError ? error.reason : 'nonsense')
    throw error
  }
}

/** A provider's defect is its own, and its text is not repeated: it may hold anything. */
function known(provider: string, thrown: unknown): ServiceUnavailableError | ServiceAnswerError {
  if (thrown instanceof ServiceUnavailableError || thrown instanceof ServiceAnswerError) return thrown
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  return new ServiceAnswerError(provider, `its client failed with ${/^\w{1,40}$/.test(kind) ? kind : 'an error'}`)
}
