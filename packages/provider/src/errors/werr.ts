import type { ReviewActionResult, SendWithResult } from '../published/arguments.js'
import { WalletError } from './wallet-error.js'

/** Options of every error here: what led to it. */
interface ErrorOptions {
  readonly cause?: unknown
}

class PlainWalletError extends WalletError {
  protected fields(): Readonly<Record<string, unknown>> {
    return {}
  }
}

/** Something that should not be possible happened; the message says what. */
export class WERR_INTERNAL extends PlainWalletError {
  constructor(message = 'An internal error has occurred.', options?: ErrorOptions) {
    super('WERR_INTERNAL', message, options)
  }
}

/** The call is not possible in the present state. */
export class WERR_INVALID_OPERATION extends PlainWalletError {
  constructor(message = 'An invalid operation was requested.', options?: ErrorOptions) {
    super('WERR_INVALID_OPERATION', message, options)
  }
}

/** The number of rows is not what the call needs: one is missing, or there are too many. */
export class WERR_BAD_REQUEST extends PlainWalletError {
  constructor(message = 'The request is invalid.', options?: ErrorOptions) {
    super('WERR_BAD_REQUEST', message, options)
  }
}

/** Nobody is authenticated, or somebody else is. */
export class WERR_UNAUTHORIZED extends PlainWalletError {
  constructor(message = 'Access is denied due to an authorization error.', options?: ErrorOptions) {
    super('WERR_UNAUTHORIZED', message, options)
  }
}

/** A value no rule allows; `parameter` names it. Nothing was changed. */
export class WERR_INVALID_PARAMETER extends WalletError {
  readonly parameter: string

  constructor(parameter: string, mustBe = 'valid.', options?: ErrorOptions) {
    super('WERR_INVALID_PARAMETER', `The ${parameter} parameter must be ${mustBe}`, options)
    this.parameter = parameter
  }

  protected fields(): Readonly<Record<string, unknown>> {
    return { code: 6, parameter: this.parameter }
  }
}

/** The coins there are do not pay for the outputs and the fee. Nothing is locked. Amounts in satoshis. */
export class WERR_INSUFFICIENT_FUNDS extends WalletError {
  readonly totalSatoshisNeeded: number
  readonly moreSatoshisNeeded: number

  constructor(totalSatoshisNeeded: number, moreSatoshisNeeded: number) {
    super(
      'WERR_INSUFFICIENT_FUNDS',
      `The outputs and the transaction fee need ${totalSatoshisNeeded} satoshis; ${moreSatoshisNeeded} more satoshis are needed than the available inputs hold, plus the fee to spend whatever provides them.`,
    )
    this.totalSatoshisNeeded = totalSatoshisNeeded
    this.moreSatoshisNeeded = moreSatoshisNeeded
  }

  protected fields(): Readonly<Record<string, unknown>> {
    return { code: 7, totalSatoshisNeeded: this.totalSatoshisNeeded, moreSatoshisNeeded: this.moreSatoshisNeeded }
  }
}

/** Results the caller has to look at, e.g. because a coin is spent by another transaction already. */
export class WERR_REVIEW_ACTIONS extends WalletError {
  readonly reviewActionResults: ReviewActionResult[]
  readonly sendWithResults: SendWithResult[]

  constructor(reviewActionResults: ReviewActionResult[], sendWithResults: SendWithResult[]) {
    super('WERR_REVIEW_ACTIONS', 'Undelayed createAction or signAction results require review.')
    this.reviewActionResults = reviewActionResults
    this.sendWithResults = sendWithResults
  }

  protected fields(): Readonly<Record<string, unknown>> {
    return { code: 5, reviewActionResults: this.reviewActionResults, sendWithResults: this.sendWithResults }
  }
}
