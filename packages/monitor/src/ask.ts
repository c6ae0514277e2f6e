import type { NetworkServices } from '@txkeep/core'
import type { TaskContext } from './monitor-task.js'
import { systemTimers } from './timers.js'

/** A run that was told to stop. Nothing is wrong; what it did is committed. */
export class RunStoppedError extends Error {
  constructor() {
    super('The run was told to stop.')
    this.name = 'RunStoppedError'
  }
}

export function throwIfStopped({ signal }: Pick<TaskContext, 'signal'>): void {
  if (signal.aborted) throw new RunStoppedError()
}

const ANSWER_WITHIN_MS = 30_000

/**
 * What the network answered, or undefined: an error, a late answer and silence all say nothing. Call it outside any unit of work.
 *
 * @throws {RunStoppedError} if the run is to stop: an answer that comes after that is thrown away.
 */
export async function ask<T>(context: TaskContext, question: () => Promise<T>): Promise<T | undefined> {
  throwIfStopped(context)
  const answered = new AbortController()
  const isOver = AbortSignal.any([answered.signal, context.signal])
  try {
    const late = systemTimers.sleep(ANSWER_WITHIN_MS, isOver).then(() => undefined)
    return await Promise.race([question().catch(() => undefined), late])
  } finally {
    answered.abort()
    throwIfStopped(context)
  }
}

/** Each provider by itself: none hides what another said. */
export function providersOf({ network }: TaskContext): readonly NetworkServices[] {
  return network.providers ?? [network]
}
