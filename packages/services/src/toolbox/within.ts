import type { StopSignal } from '@txkeep/core'
import { web } from '../http/web.js'
import { ServiceUnavailableError } from '../service-error.js'

/**
 * What the toolbox answers in time. Its calls cannot be stopped: one that is late or stopped goes on by itself, and what it says in
 * the end is not listened to.
 */
export async function within<T>(
  provider: string,
  ms: number,
  signal: StopSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  const stopped = new ServiceUnavailableError(provider, 'stopped', 'the request was stopped')
  if (signal?.aborted === true) throw stopped
  let timer: unknown
  let abort: () => void = () => undefined
  const ended = new Promise<never>((_, reject) => {
    const late = new ServiceUnavailableError(provider, 'timeout', `no answer came within ${ms} ms`)
    timer = web.setTimeout(() => reject(late), ms)
    abort = () => reject(stopped)
    signal?.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([call(), ended])
  } catch (error) {
    if (error === stopped || error instanceof ServiceUnavailableError) throw error
    // Its messages may hold addresses and keys.
    throw new ServiceUnavailableError(provider, 'network', `its client failed${nameOf(error)}`)
  } finally {
    web.clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function nameOf(error: unknown): string {
  const name = (error as { name?: unknown } | undefined)?.name
  return typeof name === 'string' && /^\w{1,40}$/.test(name) ? ` with ${name}` : ''
}
