/**
 * What every platform has (Node, browsers, workers) and the language's own library does not name. Described by hand, so
 * that this package compiles without the types of any platform and nothing of one platform slips in.
 */

/** What is handed to `fetch`. */
export interface FetchRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly redirect: 'manual'
}

/** What is read of a response. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: { getReader(): BodyReader } | null
}

export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** The platform's `fetch` fits. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchResponse>

interface AbortController {
  readonly signal: unknown
  abort(): void
}

interface ParsedUrl {
  readonly protocol: string
  readonly host: string
  readonly username: string
  readonly password: string
  readonly search: string
  readonly hash: string
}

export const web = globalThis as unknown as {
  readonly fetch: Fetch
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  readonly AbortController: new () => AbortController
  readonly TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string }
  readonly URL: new (url: string) => ParsedUrl
}
