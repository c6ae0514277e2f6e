import { TxkeepError } from './txkeep-error.js'

/** What a caller asked for contradicts what is stored, e.g. a second signature of one draft. Nothing was changed. */
export class ConflictError extends TxkeepError {
  readonly code = 'CONFLICT'
}
