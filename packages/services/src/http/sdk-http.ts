import type { HttpClient as SdkHttpClient } from '@bsv/sdk'
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.js'
import { parseJson } from './json.js'

/** An exchange that a broadcaster of the SDK made. */
export interface RecordedExchange {
  /** Hand it to the broadcaster. */
  readonly client: SdkHttpClient
  /** What was answered. @throws whatever kept the answer away: the SDK would call it an HTTP 500. */
  answer(): HttpAnswer
}

/**
 * Lets the SDK make a request in its provider's format, and keeps the answer as it came: the SDK reads an unknown status, another
 * txid or a web page as success.
 */
export function recordExchange(http: HttpClient, change: (request: HttpRequest) => HttpRequest): RecordedExchange {
  let outcome: { readonly answer: HttpAnswer } | { readonly thrown: unknown } | undefined
  const client = {
    request: async (url: string, options: { headers?: Record<string, string>; data?: unknown }) => {
      const body = JSON.stringify(options.data)
      try {
        const answer = await http.ask(change({ method: 'POST', url, headers: options.headers ?? {}, body }))
        outcome = { answer }
        const ok = answer.status < 300
        return { ok, status: answer.status, statusText: '', data: parseJson(answer.text) ?? answer.text }
      } catch (thrown) {
        outcome = { thrown }
        throw thrown
      }
    },
  }
  return {
    client: client as SdkHttpClient,
    answer: () => {
      if (outcome === undefined) throw new Error('The broadcaster made no request.')
      if ('thrown' in outcome) throw outcome.thrown
      return outcome.answer
    },
  }
}
