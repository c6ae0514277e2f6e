import { TxkeepError } from '@txkeep/core'

/** Why a provider could not be asked, or did not answer. */
export type UnavailableReason =
  | 'timeout'
  | 'network'
  | 'stopped'
  | 'paused'
  | 'refused-access'
  | 'rate-limit'
  | 'server-error'
  | 'redirect'
  | 'not-offered'

/** A provider was not asked, or gave no answer: nothing is known. Ask another one, or the same one later. */
export class ServiceUnavailableError extends TxkeepError {
  readonly code = 'SERVICE_UNAVAILABLE'
  readonly provider: string
  readonly reason: UnavailableReason
  /** How long the provider asked to be left alone, in ms. */
  readonly retryAfterMs: number | undefined

  constructor(provider: string, reason: UnavailableReason, what: string, retryAfterMs?: number) {
    super(`${provider} could not be asked: ${what}. Nothing is known; ask another provider or try again later.`)
    this.provider = provider
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

/** A provider answered with something that cannot be believed or read: nothing is known. Ask another one. */
export class ServiceAnswerError extends TxkeepError {
  readonly code = 'SERVICE_ANSWER'
  readonly provider: string

  constructor(provider: string, what: string) {
    super(`${provider} gave an answer that counts for nothing: ${what}. Ask another provider.`)
    this.provider = provider
  }
}
