/** Lets a person end a running command in two ways: in good order, or at once. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Gives signals back to the process. */
  stop(): void
}

/**
 * Ctrl-C once: the command stops at its next batch boundary. Twice: at once, which a transaction survives by rolling back.
 * `beforeMessage` clears the line the cursor is in.
 */
export function listenForInterruption(beforeMessage: () => void): Interruption {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    beforeMessage()
    process.stderr.write('Stopping at the next batch boundary; press Ctrl-C again to stop at once.\n')
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

/** Nobody interrupts: the process dies of a signal at once, as if this were not here. */
export function neverInterrupted(): Interruption {
  return { signal: new AbortController().signal, stop: () => undefined }
}

/** What shells call a process that Ctrl-C ended. */
const INTERRUPTED = 130
