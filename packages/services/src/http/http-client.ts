import { systemClock, type Clock, type StopSignal } from '@txkeep/core'
import pRetry from 'p-retry'
import { ServiceAnswerError, ServiceUnavailableError } from '../service-error.js'
import { quote } from './quote.js'
import { readBody } from './read-body.js'
import { retryAfterMs } from './retry-after.js'
import { web, type Fetch, type FetchResponse } from './web.js'

/** How a provider is asked over HTTP. */
export interface HttpOptions {
  /** The platform's own unless given. */
  readonly fetch?: Fetch
  /** How long a look-up may take until its last byte, in ms. Default 10 000. A broadcast has a time of its own. */
  readonly timeoutMs?: number
  /** How often a look-up is repeated after a failure of the connection or the server. Default 2. Broadcasts are never. */
  readonly retries?: number
  /** The first pause before a repetition, in ms, with jitter; it doubles. Default 200. */
  readonly retryPauseMs?: number
  /** The longest answer that is read. Default 64 MiB. */
  readonly maxAnswerBytes?: number
  readonly clock?: Clock
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
  readonly signal?: StopSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly text: string
  /** The text as a message may repeat it: short, and without what is secret. */
  readonly quoted: string
}

/** Statuses that say nothing about what was asked: no access, no time, too many requests. And every 5xx. */
const OUTAGES: Readonly<Record<number, 'refused-access' | 'timeout' | 'rate-limit'>> = {
  401: 'refused-access',
  403: 'refused-access',
  407: 'refused-access',
  408: 'timeout',
  429: 'rate-limit',
}

/**
 * Asks one provider over HTTP. An answer is what came whole, in time, from where it was asked for, and is no page for
 * people; all else is thrown. Redirects are not followed: headers with keys would go along.
 */
export class HttpClient {
  readonly #provider: string
  readonly #secrets: readonly string[]
  readonly #options: HttpOptions
  readonly #clock: Clock

  /** `secrets`: what must not appear in a message even if the provider echoes it. */
  constructor(provider: string, secrets: readonly string[], options: HttpOptions = {}) {
    this.#provider = provider
    this.#secrets = secrets
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** `ask`, repeated with growing pauses and jitter while the connection or the server fails. For look-ups only. */
  async lookUp(request: HttpRequest): Promise<HttpAnswer> {
    const { retries = 2, retryPauseMs = 200 } = this.#options
    const { signal } = request
    const controller = new web.AbortController()
    const abort = (): void => controller.abort()
    signal?.addEventListener('abort', abort)
    try {
      return await pRetry(() => this.ask(request), {
        retries,
        minTimeout: retryPauseMs,
        maxTimeout: 10 * retryPauseMs,
        randomize: true,
        shouldRetry: ({ error }) => isPassing(error),
        signal: controller.signal as never,
      })
    } catch (error) {
      // Stopped during a pause, the retries reject with a reason of their own.
      throw isStopped(signal) ? this.#stopped() : error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * The provider's answer, whatever its status, unless that is an outage.
   *
   * @throws {ServiceUnavailableError} if there is no answer.
   * @throws {ServiceAnswerError} if it is too long or a page for people.
   */
  async ask(request: HttpRequest): Promise<HttpAnswer> {
    const { timeoutMs = this.#options.timeoutMs ?? 10_000, signal } = request
    if (isStopped(signal)) throw this.#stopped()
    const controller = new web.AbortController()
    const abort = (): void => controller.abort()
    let isLate = false
    const timer = web.setTimeout(() => {
      isLate = true
      abort()
    }, timeoutMs)
    signal?.addEventListener('abort', abort)
    try {
      return await this.#exchange(request, controller.signal)
    } catch (error) {
      if (error instanceof ServiceAnswerError || error instanceof ServiceUnavailableError) throw error
      if (isStopped(signal)) throw this.#stopped()
      if (isLate) throw this.#unavailable('timeout', `no whole answer came within ${timeoutMs} ms`)
      throw this.#unavailable('network', `the connection failed${codeOf(error)}`)
    } finally {
      web.clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  async #exchange({ method, url, headers = {}, body }: HttpRequest, signal: unknown): Promise<HttpAnswer> {
    const fetch = this.#options.fetch ?? web.fetch.bind(globalThis)
    const request = {
      method,
      headers: { ...headers },
      redirect: 'manual' as const,
      ...(body === undefined ? {} : { body }),
    }
    const response = await fetch(url, { ...request, signal } as typeof request)
    const maxBytes = this.#options.maxAnswerBytes ?? 64 * 1024 * 1024
    const text = await readBody(response, maxBytes)
    if (text === undefined) throw this.#nonsense(`it is longer than ${maxBytes} bytes`)
    this.#assertAnswered(response, text)
    if (isPage(text)) throw this.#nonsense(`it is a web page (HTTP ${response.status})`)
    return { status: response.status, text, quoted: quote(text, this.#secrets) }
  }

  #assertAnswered({ status, headers }: FetchResponse, text: string): void {
    const said = text === '' ? '' : `, ${quote(text, this.#secrets)}`
    // A browser hides where a redirect leads, and answers with status 0.
    if (status < 200 || (status >= 300 && status < 400)) {
      throw this.#unavailable('redirect', `it sends elsewhere (HTTP ${status}); configure its final address`)
    }
    const outage = OUTAGES[status] ?? (status >= 500 ? 'server-error' : undefined)
    if (outage === undefined) return
    const pause = retryAfterMs(headers.get('Retry-After'), this.#clock.now())
    throw this.#unavailable(outage, `HTTP ${status}${said}`, pause)
  }

  #unavailable(reason: ServiceUnavailableError['reason'], what: string, pause?: number): ServiceUnavailableError {
    return new ServiceUnavailableError(this.#provider, reason, what, pause)
  }

  #stopped(): ServiceUnavailableError {
    return this.#unavailable('stopped', 'the request was stopped')
  }

  #nonsense(what: string): ServiceAnswerError {
    return new ServiceAnswerError(this.#provider, what)
  }
}

function isStopped(signal: StopSignal | undefined): boolean {
  return signal?.aborted === true
}

/** Whether trying again soon may help: a provider that asks for a pause, or is merely slow, gets it. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ServiceUnavailableError) || error.retryAfterMs !== undefined) return false
  return error.reason === 'network' || error.reason === 'server-error'
}

/** Nothing that is asked for begins like HTML or XML; its media type may well be wrong. */
function isPage(text: string): boolean {
  return /^\s*</.test(text)
}

/** The system's own word for a failed connection, such as ECONNRESET. Its message is left out: it may hold a key. */
function codeOf(error: unknown): string {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as { cause?: unknown }).cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return ` (${code})`
  }
  return ''
}
