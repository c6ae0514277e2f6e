import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { HttpOptions } from '../src/index.js'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void

/** A local HTTP server that says whatever a test wants, byte by byte if need be. */
export class FakeServer {
  readonly url: string
  /** Everything that was asked, in order. */
  readonly requests: SeenRequest[] = []
  readonly #routes: Map<string, Reply[]>
  readonly #server: Server

  private constructor(server: Server, routes: Map<string, Reply[]>, requests: SeenRequest[]) {
    this.#server = server
    this.#routes = routes
    this.requests = requests
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** A server until the test is over. */
  static async start(): Promise<FakeServer> {
    const routes = new Map<string, Reply[]>()
    const requests: SeenRequest[] = []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const seen = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
        requests.push(seen)
        const replies = routes.get(`${method} ${url}`) ?? routes.get(`${method} *`) ?? [text(404, 'no such route')]
        const reply = replies.length > 1 ? replies.shift() : replies[0]
        reply?.(response, seen)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const fake = new FakeServer(server, routes, requests)
    onTestFinished(() => fake.close())
    return fake
  }

  /** What `GET /path` answers: one reply after the other, the last for ever. `GET *` is every other path. */
  on(route: string, ...replies: readonly Reply[]): this {
    this.#routes.set(route, [...replies])
    return this
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(body)
  }
}

/** Ways to fail that have nothing to do with what was asked. */
export const FAILURES: Readonly<Record<string, Reply>> = {
  'HTTP 401': json(401, { title: 'Unauthorized' }),
  'HTTP 403': json(403, { title: 'Forbidden' }),
  'HTTP 407': text(407, 'proxy authentication required'),
  'HTTP 408': text(408, ''),
  'HTTP 429': json(429, { title: 'Too many requests' }, { 'Retry-After': '7' }),
  'HTTP 500': json(500, { title: 'Internal server error', status: 500 }),
  'HTTP 502 with a page': text(502, '<html><body>Bad gateway</body></html>', { 'Content-Type': 'text/html' }),
  'HTTP 503': text(503, 'down for maintenance', { 'Retry-After': '120' }),
  'HTTP 200 with a page': text(200, '<!DOCTYPE html><p>Welcome</p>', { 'Content-Type': 'text/html' }),
  'HTTP 404 with a page': text(404, '\n<html>nginx</html>'),
  'HTTP 200 with XML': text(200, '<?xml version="1.0"?><Error/>'),
  'invalid JSON': text(200, '{"txid": "ab', { 'Content-Type': 'application/json' }),
  'an empty answer': text(200, ''),
  'JSON null': json(200, null),
  'an empty object': json(200, {}),
  'a number': json(200, 7),
  'a redirect': text(302, '', { Location: 'http://127.0.0.1:1/elsewhere' }),
  'no answer': () => undefined,
  'a connection closed at once': (response) => {
    response.socket?.destroy()
  },
  'a connection reset in the middle': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' })
    response.write('{"txid":"', () => response.socket?.resetAndDestroy())
  },
  'a slow drip': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(timer))
  },
  'a huge body': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    const chunk = Buffer.alloc(64 * 1024, 0x20)
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', pour)
    pour()
  },
}

/** HTTP settings that make failing fast: short times, short pauses, a body limit that a test can reach. */
export const HASTY: HttpOptions = { timeoutMs: 250, retryPauseMs: 1, maxAnswerBytes: 1024 * 1024 }
