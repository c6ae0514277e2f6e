import { TxkeepError } from './txkeep-error.js'

/** A caller handed in a value that no rule allows. Nothing was changed. */
export class InvalidParameterError extends TxkeepError {
  readonly code = 'INVALID_PARAMETER'
  readonly parameter: string
  readonly allowed: string

  constructor(parameter: string, value: unknown, allowed: string) {
    super(`The parameter ${parameter} was ${describe(value)}. It must be ${allowed}.`)
    this.parameter = parameter
    this.allowed = allowed
  }
}

/** Long values are cut: a raw transaction must never end up in a message. */
function describe(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
