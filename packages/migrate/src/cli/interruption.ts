/** Lets a person end a running command in two ways: in good order, or at once. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Gives signals back to the process. */
  stop(): void
}

/**
 * Ctrl-C once: the command stops at its next batch boundary. Twice: at once, which a transaction survives by rolling back.
 * `beforeMessage` clears the line the cursor is in; `answer` is what is still to be said at the end, and gives the exit code.
 */
export function listenForInterruption(beforeMessage: () => void, answer: () => number = silent): Interruption {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(answer())
    beforeMessage()
    process.stderr.write('Stopping at the next batch boundary; press Ctrl-C again to stop at once.\n')
    controller.abort()
  }
  return listen(controller.signal, onSignal)
}

/** The process ends at the first signal, but not without its `answer`, which gives the exit code. */
export function answerInterruption(answer: () => number): Interruption {
  return listen(new AbortController().signal, () => process.exit(answer()))
}

function listen(signal: AbortSignal, onSignal: () => void): Interruption {
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal,
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

function silent(): number {
  return INTERRUPTED
}
