import { WERR_INVALID_PARAMETER as SdkInvalidParameter } from '@bsv/sdk'
import { ConflictError, InvalidParameterError, NotFoundError, TxkeepError, UniqueViolationError } from '@txkeep/core'
import { WalletError } from './wallet-error.js'
import {
  WERR_BAD_REQUEST,
  WERR_INSUFFICIENT_FUNDS,
  WERR_INTERNAL,
  WERR_INVALID_OPERATION,
  WERR_INVALID_PARAMETER,
  WERR_REVIEW_ACTIONS,
} from './werr.js'

/**
 * The error classes of the toolbox the caller runs: hand in its `sdk` namespace. Code that checks with `instanceof`, and
 * the published `StorageServer`, which writes the fields of its own classes only, then see those. Left out: ours, with the same
 * names, codes and fields.
 */
export interface PublishedErrorClasses {
  readonly WERR_INTERNAL?: new (message?: string) => Error
  readonly WERR_INVALID_OPERATION?: new (message?: string) => Error
  readonly WERR_BAD_REQUEST?: new (message?: string) => Error
  readonly WERR_UNAUTHORIZED?: new (message?: string) => Error
  readonly WERR_INVALID_PARAMETER?: new (parameter: string, mustBe?: string) => Error
  readonly WERR_INSUFFICIENT_FUNDS?: new (totalSatoshisNeeded: number, moreSatoshisNeeded: number) => Error
  readonly WERR_REVIEW_ACTIONS?: new (
    reviewActionResults: WERR_REVIEW_ACTIONS['reviewActionResults'],
    sendWithResults: WERR_REVIEW_ACTIONS['sendWithResults'],
  ) => Error
}

/** `error` as the published interface throws it. What is no error of ours, e.g. of a lost database, goes through as it is. */
export function toPublishedError(error: unknown, classes: PublishedErrorClasses): unknown {
  const ours = error instanceof TxkeepError ? toWalletError(error) : fromSdk(error)
  if (!(ours instanceof WalletError)) return ours
  const theirs = rebuild(ours, classes)
  if (theirs === undefined) return ours
  theirs.message = ours.message
  if (theirs.cause === undefined) theirs.cause = ours.cause ?? ours
  return theirs
}

/** Callers of the published interface branch on these names; errors of the store itself keep their own class and code. */
function toWalletError(error: TxkeepError): Error {
  const { message } = error
  if (error instanceof InvalidParameterError) {
    return new WERR_INVALID_PARAMETER(error.parameter, `${error.allowed}. ${message}`, { cause: error })
  }
  if (error instanceof NotFoundError) return new WERR_BAD_REQUEST(message, { cause: error })
  if (error instanceof ConflictError) return new WERR_INVALID_OPERATION(message, { cause: error })
  if (error instanceof UniqueViolationError) return new WERR_BAD_REQUEST(message, { cause: error })
  return error.code === 'ILLEGAL_TRANSITION' ? new WERR_INVALID_OPERATION(message, { cause: error }) : error
}

/** The SDK validates arguments with a class of its own, whose code is a number. */
function fromSdk(error: unknown): unknown {
  if (!(error instanceof SdkInvalidParameter)) return error
  const ours = new WERR_INVALID_PARAMETER(error.parameter, undefined, { cause: error })
  ours.message = error.message
  return ours
}

function rebuild(error: WalletError, classes: PublishedErrorClasses): Error | undefined {
  if (error instanceof WERR_INVALID_PARAMETER) {
    return classes.WERR_INVALID_PARAMETER && new classes.WERR_INVALID_PARAMETER(error.parameter)
  }
  if (error instanceof WERR_INSUFFICIENT_FUNDS) {
    const { totalSatoshisNeeded, moreSatoshisNeeded } = error
    return (
      classes.WERR_INSUFFICIENT_FUNDS && new classes.WERR_INSUFFICIENT_FUNDS(totalSatoshisNeeded, moreSatoshisNeeded)
    )
  }
  if (error instanceof WERR_REVIEW_ACTIONS) {
    const { reviewActionResults, sendWithResults } = error
    return classes.WERR_REVIEW_ACTIONS && new classes.WERR_REVIEW_ACTIONS(reviewActionResults, sendWithResults)
  }
  const Plain = plainClass(error, classes)
  return Plain && new Plain(error.message)
}

function plainClass(error: WalletError, classes: PublishedErrorClasses): (new (message?: string) => Error) | undefined {
  if (error instanceof WERR_INTERNAL) return classes.WERR_INTERNAL
  if (error instanceof WERR_INVALID_OPERATION) return classes.WERR_INVALID_OPERATION
  if (error instanceof WERR_BAD_REQUEST) return classes.WERR_BAD_REQUEST
  return classes.WERR_UNAUTHORIZED
}
