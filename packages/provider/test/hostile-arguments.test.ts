import { sdk } from '@bsv/wallet-toolbox'
import { TxkeepError } from '@txkeep/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROVIDER_CALLS, callProvider } from './support/provider-calls.js'
import { openRichWorld, type Fork, type RichUser, type RichWorld } from './support/rich-world.js'
import { spoil, spoilings } from './support/spoilt-arguments.js'

/** Cases for each call; more of them: `TXKEEP_HOSTILE_CASES=1000`. */
const CASES = Number(process.env['TXKEEP_HOSTILE_CASES'] ?? 30)

let rich: RichWorld
beforeAll(async () => {
  rich = await openRichWorld()
}, 120_000)
afterAll(() => rich.close())

/** Closing a store is not undone by an error. */
const walked = PROVIDER_CALLS.filter(({ method }) => method !== 'destroy')

it.each(walked)(
  '$method ($title) takes nonsense, or says what is wrong and changes nothing',
  async ({ method, writes, args }) => {
    const given = args(rich.alice, rich)
    let fork = await rich.fork()
    let before = await fork.database.dump()
    const check = async (spoilt: readonly unknown[]): Promise<void> => {
      const error = await callProvider(fork.provider, method, spoilt).then(
        () => undefined,
        (caught: unknown) => ({ caught }),
      )
      if (error !== undefined) expectTyped(error.caught)
      const after = await fork.database.dump()
      if (error !== undefined || !writes) expect(after).toEqual(before)
      if (error === undefined && writes) {
        await expectReadable(fork)
        await fork.close()
        fork = await rich.fork()
        before = await fork.database.dump()
      }
    }
    await fc.assert(
      fc.asyncProperty(spoilings(foreignTo(rich.mallory)), (spoilt) => check(spoil(given, spoilt))),
      { numRuns: CASES, timeout: HANG_MS, endOnFailure: true },
    )
    await fork.close()
  },
  CASES * 2000 + 60_000,
)

/** A call that takes so long hangs: the slowest takes a hundredth of it. */
const HANG_MS = 30_000

/** What belongs to the other user, for every place a name or a number can stand in. */
function foreignTo({ auth, userId, token, tokenRow, keptTxid, signing, certificate, name }: RichUser): unknown[] {
  const { outputId, actionId, basketId } = tokenRow
  return [
    ...[auth, auth.identityKey, userId, token.txid, `${token.txid}.0`, { txid: token.txid, vout: 0 }, token.beef],
    ...[outputId, actionId, basketId, keptTxid, signing.reference, signing.txid, signing.rawTx],
    ...[certificate.serialNumber, `${name} tokens`, `${name} tag`, `${name} label`],
  ]
}

const PUBLISHED = new Set(Object.keys(sdk).filter((name) => name.startsWith('WERR_')))

function expectTyped(error: unknown): void {
  if (error instanceof TxkeepError) {
    expect(error.code).toMatch(/^[A-Z_]+$/)
    return
  }
  if (!(error instanceof sdk.WalletError)) throw error
  expect(PUBLISHED).toContain(error.name)
  expect(error.message.length).toBeLessThan(2000)
  if (error instanceof sdk.WERR_INVALID_PARAMETER) expect(error.parameter).toEqual(expect.any(String))
  if (error instanceof sdk.WERR_INSUFFICIENT_FUNDS) expect(error.moreSatoshisNeeded).toEqual(expect.any(Number))
}

/** What was taken must not stand in the way of anything: the user's lists still answer, and so does a sync. */
async function expectReadable({ provider }: Fork): Promise<void> {
  for (const { method, args } of LISTS) await callProvider(provider, method, args(rich.alice, rich))
}

const LISTS = PROVIDER_CALLS.filter(({ method, title, writes }) => {
  return !writes && (method === 'getSyncChunk' || title === 'every one' || title === 'change')
})
