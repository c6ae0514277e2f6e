import { TxkeepError } from '@txkeep/core'

/** The network gave a task nothing to work with. Nothing was changed; the task runs again after a while. */
export class ServiceError extends TxkeepError {
  readonly code = 'SERVICE_UNAVAILABLE'
}
