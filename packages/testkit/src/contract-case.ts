import type { Clock, Store } from '@txkeep/core'

/** A fresh, empty database with the current schema, and a `Store` open on it. */
export interface StoreUnderTest {
  readonly store: Store
  /**
   * Another connection to the same database, as another process would have one. Left out by an engine that cannot have
   * two: the cases that need it then report themselves as skipped. Whoever opens it closes it.
   */
  readonly openSecond?: () => Promise<Store>
  /** Closes `store` and throws the database away. */
  close(): Promise<void>
}

/** Makes a `StoreUnderTest`; `clock` is what the store stamps rows with, the machine's own time unless given. */
export type MakeStore = (options?: { readonly clock?: Clock }) => Promise<StoreUnderTest>

/** What a case tells its test runner beside passing and failing. vitest's and mocha's own `skip` fit. */
export interface ContractContext {
  /** Called when this engine cannot run the case at all. May throw, as test runners do. */
  skip(reason: string): void
}

/** One sentence every adapter must make true. `run` resolves when it holds and throws an assertion error when it does not. */
export interface ContractCase {
  /** The claim, unique within its suite, e.g. `outputs: two concurrent claims never share a coin`. */
  readonly name: string
  /** @throws {CaseSkippedError} when the engine cannot run it and no `context` is there to say so. */
  run(makeStore: MakeStore, context?: ContractContext): Promise<void>
}
