import { inspect } from 'node:util'
import { hashOf } from '@txkeep/testkit'
import { describe, expect, it } from 'vitest'
import { arc, createServices, whatsOnChain } from '../src/index.js'
import { chainedBeef, txidsOf } from './chained-beef.js'
import { FAILURES, FakeServer, HASTY, json, text, type Reply } from './fake-server.js'

const TXID = hashOf('ours')
const ROUTE = `GET /tx/${TXID}/hex`

async function lookUp(
  replies: readonly Reply[],
  options = {},
): Promise<{ requests: number; error: unknown; found: boolean }> {
  const server = await FakeServer.start()
  server.on(ROUTE, ...replies)
  const providers = [whatsOnChain({ chain: 'test', ...HASTY, ...options, url: server.url })]
  const { rawTx, error } = await createServices({ providers }).getRawTx(TXID)
  return { requests: server.requests.length, error, found: rawTx !== undefined }
}

const reset: Reply = (response) => response.socket?.destroy()
const absent = text(404, 'not found')

describe('a look-up', () => {
  it.each([
    ['a failure of the server', [text(500, ''), text(502, ''), absent], 3, undefined],
    ['a lost connection', [reset, reset, absent], 3, undefined],
  ])('is repeated after %s', async (_, replies, requests, error) => {
    expect(await lookUp(replies)).toEqual({ requests, error, found: false })
  })

  it('is given up after the last repetition', async () => {
    const { requests, error } = await lookUp([text(500, 'oops')], { retries: 1 })
    expect(requests).toBe(2)
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', reason: 'server-error' })
  })

  it.each([
    ['no access', text(401, ''), 'refused-access', undefined],
    ['too many requests', text(429, '', { 'Retry-After': '7' }), 'rate-limit', 7000],
    ['a pause that is asked for', text(503, '', { 'Retry-After': '5' }), 'server-error', 5000],
    ['a time-out', () => undefined, 'timeout', undefined],
    ['a redirect', text(301, '', { Location: '/' }), 'redirect', undefined],
  ] as [string, Reply, string, number | undefined][])('is not repeated after %s', async (_, reply, reason, ms) => {
    const { requests, error } = await lookUp([reply])
    expect(requests).toBe(1)
    expect(error).toMatchObject({ reason, retryAfterMs: ms })
  })

  it('that gets a longer answer than is read is told so, and the rest is not waited for', async () => {
    const limit = { code: 'SERVICE_ANSWER', message: expect.stringContaining('longer than 100 bytes') as string }
    const whole = await lookUp([text(200, 'a'.repeat(101))], { maxAnswerBytes: 100 })
    expect(whole.error).toMatchObject(limit)
    const endless = await lookUp([FAILURES['a huge body']!], { maxAnswerBytes: 100, timeoutMs: 30_000 })
    expect(endless.error).toMatchObject(limit)
    const fits = await lookUp([text(200, 'a'.repeat(100))], { maxAnswerBytes: 100 })
    expect(fits.error).not.toMatchObject(limit)
  })

  it.each([
    ['a slow drip', { reason: 'timeout' }],
    ['no answer', { reason: 'timeout' }],
    ['a connection reset in the middle', { reason: 'network' }],
    ['a connection closed at once', { reason: 'network', message: expect.stringMatching(/\([A-Z_]+\)/) as string }],
  ])('that ends in %s says why', async (name, error) => {
    expect((await lookUp([FAILURES[name]!], { retries: 0 })).error).toMatchObject(error)
  })

  it('is not repeated after nonsense', async () => {
    const { requests, error } = await lookUp([text(200, '<html></html>')])
    expect(requests).toBe(1)
    expect(error).toMatchObject({ code: 'SERVICE_ANSWER' })
  })

  it('ends where its signal fires: before, during the request, and in the pause before a repetition', async () => {
    const before = new AbortController()
    const during = new AbortController()
    const pausing = new AbortController()
    const server = await FakeServer.start()
    server.on(
      ROUTE,
      () => during.abort(),
      (response) => {
        response.on('close', () => pausing.abort())
        response.writeHead(500).end()
      },
    )
    const woc = whatsOnChain({ chain: 'main', ...HASTY, timeoutMs: 30_000, retryPauseMs: 30_000, url: server.url })
    const services = createServices({ providers: [woc] })
    const stopped = { error: { reason: 'stopped' } }
    before.abort()
    expect(await services.withSignal(before.signal).getRawTx(TXID)).toMatchObject(stopped)
    expect(server.requests).toHaveLength(0)
    expect(await services.withSignal(during.signal).getRawTx(TXID)).toMatchObject(stopped)
    expect(await services.withSignal(pausing.signal).getRawTx(TXID)).toMatchObject(stopped)
    expect(server.requests).toHaveLength(2)
    expect(services.health()).toMatchObject([{ failures: 0 }])
  })

  it('goes through the fetch it is given', async () => {
    const asked: string[] = []
    const own: typeof fetch = async (url) => {
      asked.push(String(url))
      return new Response('', { status: 404 })
    }
    const services = createServices({ providers: [whatsOnChain({ chain: 'main', fetch: own })] })
    expect(await services.getRawTx(TXID)).toEqual({ txid: TXID })
    expect(asked).toEqual([`https://api.whatsonchain.com/v1/bsv/main/tx/${TXID}/hex`])
  })
})

describe('a broadcast', () => {
  it('ends where its signal fires, and says nothing about the transaction', async () => {
    const controller = new AbortController()
    const server = await FakeServer.start()
    server.on('POST /v1/tx', () => controller.abort())
    const services = createServices({ providers: [arc({ name: 'arc', url: server.url })] })
    const chained = chainedBeef(1)
    const [result] = await services.withSignal(controller.signal).postBeef(chained.beef, txidsOf(chained))
    expect(result).toMatchObject({ error: { reason: 'stopped' }, txidResults: [{ serviceError: true }] })
  })
})

describe('a secret', () => {
  const KEY = 'mainnet_s3cretKey'

  it.each([
    ['that the server echoes', json(401, { detail: `no such key ${KEY}`, auth: `Bearer ${KEY}` })],
    ['that the server echoes in a refusal', json(465, { title: KEY, status: 465, detail: KEY })],
    ['that the server echoes as text', text(500, KEY)],
    ['when the connection breaks', reset],
  ])('%s is in no message', async (_, reply) => {
    const server = await FakeServer.start()
    server.on('POST *', reply).on('GET *', reply)
    const providers = [
      arc({ name: 'arc', ...HASTY, retries: 0, apiKey: KEY, callbackToken: KEY, url: server.url }),
      whatsOnChain({ chain: 'main', ...HASTY, retries: 0, apiKey: KEY, url: server.url }),
    ]
    const services = createServices({ providers })
    const chained = chainedBeef(1)
    const said = [
      await services.postBeef(chained.beef, txidsOf(chained)),
      await services.getStatusForTxids([TXID]),
      await services.getMerklePath(TXID),
      await services.getRawTx(TXID),
      await services.findChainTipHeader().catch((error: unknown) => error),
      services.health(),
      services,
    ]
    expect(server.requests.some(({ headers }) => headers.authorization?.includes(KEY))).toBe(true)
    expect(inspect(said, { depth: 20 })).not.toContain(KEY)
  })

  it.each([
    ['with a line break', { apiKey: `${KEY}\n` }],
    ['with an umlaut', { apiKey: `${KEY}ü` }],
    ['that is empty', { apiKey: '' }],
    ['as a callback token with a line break', { callbackToken: `${KEY}\r\nX: y` }],
  ])('%s is refused without being repeated', (_, options) => {
    const make = (): unknown => arc({ url: 'https://arc.example', ...options })
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error)
    expect(make).not.toThrow(KEY)
  })

  it.each([
    `https://user:${KEY}@arc.example`,
    `https://arc.example/?key=${KEY}`,
    `https://arc.example/#${KEY}`,
    KEY,
    `ftp://${KEY}`,
  ])('in the address is refused without being repeated (%#)', (url) => {
    expect(() => arc({ url })).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error)
    expect(() => arc({ url })).not.toThrow(KEY)
    expect(() => whatsOnChain({ chain: 'main', url })).not.toThrow(KEY)
  })
})

it('a chain that WhatsOnChain does not have is refused', () => {
  expect(() => whatsOnChain({ chain: 'moon' as 'main' })).toThrow("'main' or 'test'")
})
