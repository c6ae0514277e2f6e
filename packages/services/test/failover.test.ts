import { METRICS, type BlockHeader, type Clock } from '@txkeep/core'
import { MockChain, hashOf } from '@txkeep/testkit'
import { describe, expect, it } from 'vitest'
import {
  ServiceAnswerError,
  ServiceUnavailableError,
  createServices,
  type FailoverServices,
  type ServiceProvider,
  type ServicesOptions,
} from '../src/index.js'
import { chainedBeef, txidsOf } from './chained-beef.js'

const TXID = hashOf('ours')

class TestClock implements Clock {
  ms = Date.parse('2026-11-23T10:00:00Z')
  now(): Date {
    return new Date(this.ms)
  }
}

function down(provider: string, retryAfterMs?: number): ServiceUnavailableError {
  return new ServiceUnavailableError(provider, 'server-error', 'HTTP 500', retryAfterMs)
}

/** A provider with these answers that notes who was asked. */
function provider(name: string, asked: string[], answers: Omit<ServiceProvider, 'name'>): ServiceProvider {
  const noted = Object.entries(answers).map(([question, answer]) => [
    question,
    (...args: never[]) => {
      asked.push(name)
      return (answer as (...args: never[]) => unknown)(...args)
    },
  ])
  return { name, ...(Object.fromEntries(noted) as Omit<ServiceProvider, 'name'>) }
}

function two(
  first: Omit<ServiceProvider, 'name'>,
  second: Omit<ServiceProvider, 'name'>,
  options: Partial<ServicesOptions> = {},
): { services: FailoverServices; asked: string[] } {
  const asked: string[] = []
  const providers = [provider('one', asked, first), provider('two', asked, second)]
  return { services: createServices({ ...options, providers }), asked }
}

const fails =
  (name: string): (() => Promise<never>) =>
  () =>
    Promise.reject(down(name))

describe('a broadcast over several providers', () => {
  const takes: ServiceProvider['postBeef'] = async (_, txids) => ({
    rows: txids.map((txid) => ({ txid, status: 'success' as const })),
  })

  it('asks the next only about what none before took', async () => {
    const chained = chainedBeef(2)
    const [parent = '', child = ''] = txidsOf(chained)
    const seen: string[][] = []
    const { services } = two(
      {
        postBeef: async () => ({
          rows: [
            { txid: parent, status: 'success' },
            { txid: child, status: 'error' },
          ],
        }),
      },
      {
        postBeef: async (beef, txids, ask) => {
          seen.push([...txids])
          return (await takes?.(beef, txids, ask)) ?? { rows: [] }
        },
      },
    )
    const results = await services.postBeef(chained.beef, [parent, child])
    expect(seen).toEqual([[child]])
    expect(results.map(({ name, status }) => [name, status])).toEqual([
      ['one', 'error'],
      ['two', 'success'],
    ])
  })

  it('asks the one that failed last next time, and each alone through `providers`', async () => {
    const chained = chainedBeef(1)
    const { services, asked } = two({ postBeef: fails('one') }, { postBeef: takes })
    await services.postBeef(chained.beef, txidsOf(chained))
    await services.postBeef(chained.beef, txidsOf(chained))
    expect(asked).toEqual(['one', 'two', 'two'])
    expect(services.providers.map(({ name }) => name)).toEqual(['one', 'two'])
    const again = services.withSignal(new AbortController().signal)
    expect(again.providers.map(({ name }) => name)).toEqual(['two', 'one'])
    const [alone] = await services.providers[0]!.postBeef(chained.beef, txidsOf(chained))
    expect(alone).toMatchObject({ name: 'one', status: 'error', txidResults: [{ serviceError: true }] })
    expect(asked).toEqual(['one', 'two', 'two', 'one'])
  })

  it('does not count who takes no broadcasts: it can neither refuse one nor stand for an outage', () => {
    const { services } = two({ postBeef: takes }, { getRawTx: async () => undefined })
    expect(services.providers.map(({ name }) => name)).toEqual(['one'])
  })

  it('counts a transaction that an answer leaves out as an outage', async () => {
    const chained = chainedBeef(1)
    const [txid = ''] = txidsOf(chained)
    const { services } = two({ postBeef: async () => ({ rows: [{ txid: TXID, status: 'success' }] }) }, {})
    const results = await services.postBeef(chained.beef, [txid])
    expect(results).toMatchObject([{ name: 'one', txidResults: [{ txid, status: 'error', serviceError: true }] }])
  })

  it('counts a provider that breaks as an outage, and does not repeat what it said', async () => {
    const chained = chainedBeef(1)
    const { services } = two({ postBeef: () => Promise.reject(new TypeError('key s3cret is bad')) }, {})
    const [result] = await services.postBeef(chained.beef, txidsOf(chained))
    expect(result).toMatchObject({ status: 'error', error: { code: 'SERVICE_ANSWER' } })
    expect(String(result!.error)).not.toContain('s3cret')
  })

  it('says of providers that cannot broadcast that nobody was asked', async () => {
    const chained = chainedBeef(1)
    const { services } = two({}, {})
    expect(await services.postBeef(chained.beef, txidsOf(chained))).toMatchObject([
      { status: 'error', error: { reason: 'not-offered' }, txidResults: [{ serviceError: true }] },
    ])
  })

  it('refuses what is no BEEF, and a txid that the BEEF does not hold', async () => {
    const { services, asked } = two({ postBeef: takes }, {})
    const refused = expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error
    await expect(services.postBeef(Uint8Array.of(1, 2, 3), [TXID])).rejects.toEqual(refused)
    await expect(services.postBeef(chainedBeef(1).beef, [TXID])).rejects.toEqual(refused)
    await expect(services.postBeef(chainedBeef(1).beef, ['x'])).rejects.toEqual(refused)
    expect(asked).toEqual([])
  })
})

describe('statuses from several providers', () => {
  const says = (status?: 'mined' | 'known' | 'unknown'): Omit<ServiceProvider, 'name'> => ({
    getStatusForTxids: async ([txid = '']) => (status === undefined ? [] : [{ txid, status, depth: undefined }]),
  })
  const silent = { getStatusForTxids: fails('two') }

  it.each([
    [says('unknown'), says('known'), 'known'],
    [says('known'), says('mined'), 'mined'],
    [says('known'), silent, 'known'],
    [says('unknown'), says('unknown'), 'unknown'],
    [says('unknown'), says(), undefined],
    [says('unknown'), silent, undefined],
    [says('unknown'), {}, 'unknown'],
  ])('case %#: known to one is known, unknown needs everybody', async (first, second, expected) => {
    const { services } = two(first, second)
    const { status, results } = await services.getStatusForTxids([TXID])
    expect(status).toBe('success')
    expect(results.map((result) => result.status)).toEqual(expected === undefined ? [] : [expected])
  })

  it('are an error when nobody answers', async () => {
    const { services } = two({ getStatusForTxids: fails('one') }, silent)
    expect(await services.getStatusForTxids([TXID])).toMatchObject({ name: 'one + two', status: 'error', results: [] })
  })

  it('of one provider alone are its own, named after it', async () => {
    const { services } = two(says('unknown'), says('known'))
    const own = await services.providers[0]!.getStatusForTxids([TXID])
    expect(own).toMatchObject({ name: 'one', results: [{ status: 'unknown' }] })
  })
})

describe('look-ups over several providers', () => {
  const { header } = new MockChain().tip

  it('take the first that has an answer', async () => {
    const merklePath = Uint8Array.of(1)
    const { services, asked } = two(
      { getMerklePath: async () => undefined, getRawTx: fails('one'), findHeaderForHeight: async () => undefined },
      {
        getMerklePath: async () => ({ merklePath }),
        getRawTx: async () => Uint8Array.of(2),
        findHeaderForHeight: async () => header,
      },
    )
    expect(await services.getMerklePath(TXID)).toEqual({ name: 'two', merklePath })
    expect(await services.findHeaderForHeight(1)).toEqual(header)
    expect(await services.getRawTx(TXID)).toEqual({ txid: TXID, name: 'two', rawTx: Uint8Array.of(2) })
    expect(asked).toEqual(['one', 'two', 'one', 'two', 'one', 'two'])
  })

  it('do not call absent what only one provider lacks while the other is down', async () => {
    const lacks = async (): Promise<undefined> => undefined
    const { services } = two(
      { getMerklePath: lacks, getRawTx: lacks, findHeaderForHeight: lacks, findHeaderForBlockHash: lacks },
      {
        getMerklePath: fails('two'),
        getRawTx: fails('two'),
        findHeaderForHeight: fails('two'),
        findHeaderForBlockHash: fails('two'),
      },
    )
    expect(await services.getMerklePath(TXID)).toMatchObject({ error: { provider: 'two' } })
    expect(await services.getRawTx(TXID)).toMatchObject({ error: { provider: 'two' } })
    await expect(services.findHeaderForHeight(1)).rejects.toThrow(ServiceUnavailableError)
    await expect(services.findHeaderForBlockHash(TXID)).rejects.toThrow(ServiceUnavailableError)
    await expect(services.isValidRootForHeight(TXID, 1)).rejects.toThrow(ServiceUnavailableError)
  })

  it('ask the others for headers, coins and bytes that a provider does not have', async () => {
    const tip = async (): Promise<BlockHeader> => header
    const { services } = two(
      { postBeef: async () => ({ rows: [] }) },
      { findChainTipHeader: tip, getUtxoStatus: async () => true },
    )
    const [one] = services.providers
    expect(await one!.findChainTipHeader()).toEqual(header)
    expect(await one!.getUtxoStatus(TXID, `${TXID}.0`)).toEqual({ status: 'success', isUtxo: true })
    // But what it knows of a transaction is its own word alone.
    expect(await one!.getStatusForTxids([TXID])).toMatchObject({ name: 'one', status: 'error' })
    expect(await one!.getMerklePath(TXID)).toMatchObject({ name: 'one', error: { reason: 'not-offered' } })
  })

  it('refuse what cannot be asked, before anybody is', async () => {
    const { services, asked } = two({ getRawTx: fails('one'), getUtxoStatus: fails('one') }, {})
    const refused = expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error
    await expect(services.getRawTx('../secret')).rejects.toEqual(refused)
    await expect(services.getMerklePath('x')).rejects.toEqual(refused)
    await expect(services.getStatusForTxids(['x'])).rejects.toEqual(refused)
    await expect(services.getUtxoStatus('x', `${TXID}.0`)).rejects.toEqual(refused)
    await expect(services.getUtxoStatus(TXID, `${TXID}:0`)).rejects.toEqual(refused)
    await expect(services.findHeaderForHeight(1.5)).rejects.toEqual(refused)
    await expect(services.findHeaderForBlockHash('x')).rejects.toEqual(refused)
    await expect(services.nLockTimeIsFinal(Uint8Array.of(1))).rejects.toEqual(refused)
    expect(asked).toEqual([])
  })

  it('say what nobody offers', async () => {
    const { services } = two({}, {})
    await expect(services.findChainTipHeader()).rejects.toMatchObject({ reason: 'not-offered' })
    expect(await services.getUtxoStatus(TXID, `${TXID}.0`)).toMatchObject({ status: 'error' })
  })
})

describe('the circuit of a provider', () => {
  it('leaves one that keeps failing alone, asks once after the pause, and longer each time', async () => {
    const clock = new TestClock()
    const asked: string[] = []
    let isUp = false
    const one = provider('one', asked, {
      getRawTx: async () => {
        if (!isUp) throw down('one')
        return Uint8Array.of(1)
      },
    })
    const services = createServices({ providers: [one], clock, failuresToPause: 3, pauseMs: 1000 })
    for (let call = 0; call < 5; call++) await services.getRawTx(TXID)
    expect(asked).toHaveLength(3)
    expect(services.health()).toMatchObject([{ provider: 'one', state: 'open', failures: 3 }])
    expect(await services.getRawTx(TXID)).toMatchObject({ error: { reason: 'paused', retryAfterMs: 1000 } })

    clock.ms += 1000
    expect(services.health()).toMatchObject([{ state: 'half-open' }])
    await services.getRawTx(TXID)
    expect(services.health()[0]?.pausedUntil).toEqual(new Date(clock.ms + 2000))

    clock.ms += 2000
    isUp = true
    expect(await services.getRawTx(TXID)).toMatchObject({ name: 'one' })
    expect(services.health()).toEqual([{ provider: 'one', state: 'closed', failures: 0, pausedUntil: undefined }])
  })

  it('obeys Retry-After at once, and an endless one for ten minutes', async () => {
    const clock = new TestClock()
    const { services, asked } = two(
      { getRawTx: () => Promise.reject(down('one', 7000)) },
      { getRawTx: () => Promise.reject(down('two', Number.MAX_SAFE_INTEGER)) },
      { clock },
    )
    await services.getRawTx(TXID)
    await services.getRawTx(TXID)
    expect(asked).toEqual(['one', 'two'])
    expect(services.health().map(({ pausedUntil }) => pausedUntil?.getTime())).toEqual([
      clock.ms + 7000,
      clock.ms + 600_000,
    ])
  })

  it('counts a paused provider as one that did not answer: it never lets a refusal become everybody’s', async () => {
    const clock = new TestClock()
    const chained = chainedBeef(1)
    const { services } = two(
      { postBeef: () => Promise.reject(down('one', 60_000)) },
      { postBeef: async (_, txids) => ({ rows: txids.map((txid) => ({ txid, status: 'error' as const })) }) },
      { clock },
    )
    await services.postBeef(chained.beef, txidsOf(chained))
    const results = await services.postBeef(chained.beef, txidsOf(chained))
    expect(results.find(({ name }) => name === 'one')).toMatchObject({
      error: { reason: 'paused' },
      txidResults: [{ status: 'error', serviceError: true }],
    })
  })

  it('counts nonsense as a failure, and a request that was stopped as none', async () => {
    const { services } = two(
      { getRawTx: () => Promise.reject(new ServiceAnswerError('one', 'it is a web page')) },
      { getRawTx: () => Promise.reject(new ServiceUnavailableError('two', 'stopped', 'the request was stopped')) },
    )
    await services.getRawTx(TXID)
    expect(services.health().map(({ failures }) => failures)).toEqual([1, 0])
  })
})

it('every question is counted by provider, method and result', async () => {
  const counts: unknown[] = []
  const telemetry = {
    observe: () => undefined,
    count: (metric: string, by?: number, labels?: Readonly<Record<string, string>>) => {
      counts.push({ metric, by, ...labels })
    },
  }
  const { services } = two({ getRawTx: fails('one') }, { getRawTx: async () => undefined }, { telemetry })
  await services.getRawTx(TXID)
  const metric = METRICS.providerRequests
  expect(counts).toEqual([
    { metric, by: 1, provider: 'one', method: 'getRawTx', result: 'server-error' },
    { metric, by: 1, provider: 'two', method: 'getRawTx', result: 'answered' },
  ])
})

it('services without a provider, or with two of one name, are refused', () => {
  expect(() => createServices({ providers: [] })).toThrow('providers')
  expect(() => createServices({ providers: [{ name: 'x' }, { name: 'x' }] })).toThrow('of different names')
})
