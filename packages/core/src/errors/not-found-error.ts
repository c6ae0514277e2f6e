import { TxkeepError } from './txkeep-error.js'

/** Something a caller named by its key is not there. Nothing was changed. */
export class NotFoundError extends TxkeepError {
  readonly code = 'NOT_FOUND'
  readonly entity: string
  readonly key: string

  constructor(entity: string, key: string | number) {
    super(
      `There is no ${entity} ${typeof key === 'number' ? key : JSON.stringify(key)}. Check the key, and that it belongs to this user.`,
    )
    this.entity = entity
    this.key = String(key)
  }
}
