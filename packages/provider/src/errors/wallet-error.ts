/**
 * The base of every error a wallet sees. `name` and `code` are the published class's name, so that a `Wallet`, and a
 * remote client that rebuilds errors from JSON, take it for the published one.
 */
export abstract class WalletError extends Error {
  readonly isError = true
  /** Fields beside name and message that a remote client needs, as published. */
  protected abstract fields(): Readonly<Record<string, unknown>>

  constructor(name: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = name
  }

  get code(): string {
    return this.name
  }

  get description(): string {
    return this.message
  }

  /** The published JSON shape of errors. */
  toJson(): string {
    return JSON.stringify({ isError: true, name: this.name, message: this.message, ...this.fields() })
  }
}
