import {
  ConflictError,
  DiskFullError,
  StoreUnavailableError,
  UniqueViolationError,
  type TxkeepError,
} from '@txkeep/core'

/** What IndexedDB threw, as the error of the port it stands for; anything else comes back as it was. */
export function portError(error: unknown, objectStore: string): unknown {
  switch (nameOf(error)) {
    case 'ConstraintError':
      return new UniqueViolationError(objectStore, { cause: error })
    case 'QuotaExceededError':
      return new DiskFullError('The browser gives this site no more room. Free some, or ask the user for it.', {
        cause: error,
      })
    case 'TransactionInactiveError':
    case 'InvalidStateError':
      return new ConflictError(
        'This unit of work has ended, because it waited for something else than its tx. Do that before or after it.',
        { cause: error },
      )
    default:
      return error
  }
}

/** Whether the engine ended the transaction because of another error, which says more. */
export function isAbort(error: unknown): boolean {
  return nameOf(error) === 'AbortError'
}

export function closedError(cause?: unknown): TxkeepError {
  return new StoreUnavailableError('The store is closed. Open it again.', { cause })
}

/** A fake of IndexedDB may throw errors that are no DOMException of this realm. */
function nameOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string'
    ? error.name
    : undefined
}
