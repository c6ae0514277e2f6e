import { sdk } from '@bsv/wallet-toolbox'
import { expect, expectTypeOf, it } from 'vitest'
import { WERR_BAD_REQUEST, WERR_INSUFFICIENT_FUNDS, WERR_INVALID_PARAMETER, createProvider } from '../src/index.js'
import type { TxkeepStorageProvider, WalletStorageProvider } from '../src/index.js'
import { openTestStore } from './support/open-provider.js'

type Published = sdk.WalletStorageProvider

it('every published method is there, with the published signature', () => {
  expectTypeOf<TxkeepStorageProvider<sdk.WalletServices>>().toExtend<Published>()
  expectTypeOf<sdk.WalletServices>().toExtend<Parameters<TxkeepStorageProvider['setServices']>[0]>()
  // Nothing of ours is called as the published interface calls something else.
  expectTypeOf<Exclude<keyof WalletStorageProvider, keyof Published>>().toEqualTypeOf<never>()
})

it('errors are rebuilt from their JSON by the published code, with their fields', () => {
  for (const error of [
    new WERR_BAD_REQUEST('no such row'),
    new WERR_INVALID_PARAMETER('reference', 'one of yours'),
    new WERR_INSUFFICIENT_FUNDS(10, 3),
  ]) {
    const rebuilt = sdk.WalletErrorFromJson(JSON.parse(error.toJson()))
    expect(rebuilt).toBeInstanceOf(sdk.WalletError)
    expect({ name: rebuilt.name, code: rebuilt.code }).toEqual({ name: error.name, code: error.code })
    expect(rebuilt).toMatchObject(JSON.parse(JSON.stringify({ ...error, cause: undefined, name: error.name })))
  }
})

it("the toolbox's own classes are thrown when the caller hands them in", async () => {
  const provider = createProvider({ store: await openTestStore(), errors: sdk })
  expect(() => provider.getSettings()).toThrow(sdk.WERR_INVALID_OPERATION)
  await expect(provider.migrate('a store', '')).rejects.toBeInstanceOf(sdk.WERR_INVALID_PARAMETER)
  await expect(provider.migrate('a store', '')).rejects.toMatchObject({ parameter: 'storageIdentityKey' })
})
