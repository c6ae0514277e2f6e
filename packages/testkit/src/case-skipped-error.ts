/**
 * A case could not run on this engine. It is thrown, so that a case that did not run can never look like one that
 * passed; a runner that hands in a `ContractContext` is told through `skip` first.
 */
export class CaseSkippedError extends Error {
  readonly code = 'CASE_SKIPPED'
  readonly reason: string

  constructor(reason: string) {
    super(`This case did not run: ${reason}`)
    this.name = 'CaseSkippedError'
    this.reason = reason
  }
}
