import { Validation } from '@bsv/sdk'
import type { sdk } from '@bsv/wallet-toolbox'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TxkeepStorageProvider } from '../src/index.js'
import { openWorld, validPayment } from './support/open-wallet.js'

type Call = (provider: TxkeepStorageProvider, auth: never, args: never) => Promise<unknown>

const txid = 'ab'.repeat(32)
const INVALID_CHANGE = '5a76fd430a311f8bc0553859061710a4475c19fed46e2ff95969aa918e612e57'
const certificateNames = { type: 'dHlwZQ==', serialNumber: 'c2VyaWFs', certifier: `02${'0c'.repeat(32)}` }

/** Each method with arguments it accepts, or refuses for good reason. */
const CALLS: Readonly<Record<string, { readonly call: Call; readonly args: () => object }>> = {
  createAction: { call: (p, auth, args) => p.createAction(auth, args), args: () => validPayment(1000) },
  createActionWithInputs: {
    call: (p, auth, args) => p.createAction(auth, args),
    args: () => ({
      ...validPayment(1000),
      inputs: [{ outpoint: { txid, vout: 0 }, inputDescription: 'x', sequenceNumber: 0, unlockingScriptLength: 1 }],
      inputBEEF: [1, 0, 0xbe, 0xef, 0, 0],
    }),
  },
  processAction: {
    call: (p, auth, args) => p.processAction(auth, args),
    args: () => ({
      isNewTx: true,
      isSendWith: true,
      isNoSend: false,
      isDelayed: true,
      reference: 'none',
      txid,
      rawTx: [1, 0, 0, 0],
      sendWith: [txid],
    }),
  },
  internalizeAction: {
    call: (p, auth, args) => p.internalizeAction(auth, args),
    args: () => ({
      tx: [1, 1, 1, 1, ...Array.from({ length: 32 }, () => 0xab), 1, 0, 0xbe, 0xef, 0, 0],
      description: 'a payment',
      labels: ['x'],
      outputs: [
        {
          outputIndex: 0,
          protocol: 'wallet payment',
          paymentRemittance: { derivationPrefix: 'cA==', derivationSuffix: 'cw==', senderIdentityKey: `02${txid}` },
        },
        {
          outputIndex: 1,
          protocol: 'basket insertion',
          insertionRemittance: { basket: 'b', customInstructions: 'c', tags: ['t'] },
        },
      ],
    }),
  },
  abortAction: { call: (p, auth, args) => p.abortAction(auth, args), args: () => ({ reference: 'bm9uZQ==' }) },
  listActions: {
    call: (p, auth, args) => p.listActions(auth, args),
    args: () => ({
      ...Validation.validateListActionsArgs({ labels: ['x', 'action time from 5'], labelQueryMode: 'all' }),
      includeInputs: true,
      includeOutputs: true,
    }),
  },
  listOutputs: {
    call: (p, auth, args) => p.listOutputs(auth, args),
    args: () => ({
      ...Validation.validateListOutputsArgs({ basket: 'default', tags: ['x'], include: 'entire transactions' }),
      knownTxids: [txid],
    }),
  },
  listInvalidChange: {
    call: (p, auth, args) => p.listOutputs(auth, args),
    args: () => Validation.validateListOutputsArgs({ basket: INVALID_CHANGE, tags: ['all', 'release'] }),
  },
  insertCertificateAuth: {
    call: (p, auth, args) => p.insertCertificateAuth(auth, args),
    args: () => ({ ...certificateNames, subject: 's', revocationOutpoint: `${txid}.0`, signature: '30', fields: [] }),
  },
  listCertificates: {
    call: (p, auth, args) => p.listCertificates(auth, args),
    args: () => ({ certifiers: [], types: [], limit: 10, offset: 0, partial: { certifier: 'x' } }),
  },
  relinquishCertificate: { call: (p, auth, args) => p.relinquishCertificate(auth, args), args: () => certificateNames },
  relinquishOutput: {
    call: (p, auth, args) => p.relinquishOutput(auth, args),
    args: () => ({ basket: 'default', output: `${txid}.0` }),
  },
  findOutputsAuth: {
    call: (p, auth, args) => p.findOutputsAuth(auth, args),
    args: () => ({ partial: { txid, vout: 0 }, paged: { limit: 1 }, since: new Date(0), txStatus: ['completed'] }),
  },
  findOutputBasketsAuth: {
    call: (p, auth, args) => p.findOutputBasketsAuth(auth, args),
    args: () => ({ partial: { name: 'default' }, paged: { limit: 1, offset: 0 } }),
  },
  findCertificatesAuth: {
    call: (p, auth, args) => p.findCertificatesAuth(auth, args),
    args: () => ({ partial: { type: 'x' }, certifiers: ['x'], types: ['x'], includeFields: true }),
  },
}

it.each(Object.keys(CALLS))('%s answers nonsense with a published error, and changes nothing', async (name) => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(100_000)
  const { call, args } = CALLS[name]!
  const before = await everyRow(world.store)
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.anything({ withNullPrototype: true, withBigInt: true }), async (place, nonsense) => {
      const spoilt = spoil(structuredClone(args()), place, nonsense)
      const error = await call(world.provider, alice.auth as never, spoilt as never).then(
        () => undefined,
        (caught: unknown) => caught as sdk.WalletError,
      )
      if (error !== undefined) expect(error.name).toMatch(/^WERR_/)
    }),
    { numRuns: 150 },
  )
  // What was still an action is the only change there can be.
  if (!name.startsWith('createAction') && name !== 'insertCertificateAuth') {
    expect(await everyRow(world.store)).toEqual(before)
  }
})

/** `args` with one of its values, at any depth, replaced. */
function spoil(args: object, place: number, nonsense: unknown): object {
  const places: [Record<string, unknown>, string][] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Date) return
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key])
      visit((value as Record<string, unknown>)[key])
    }
  }
  visit(args)
  const [holder, key] = places[place % places.length] ?? [undefined, '']
  if (holder !== undefined) holder[key] = nonsense
  return args
}

async function everyRow(store: Awaited<ReturnType<typeof openWorld>>['store']): Promise<unknown> {
  return store.read(async (tx) => ({
    outputs: await tx.outputs.list({ userId: 1, show: 'all', limit: 1000 }),
    actions: await tx.actions.list({ userId: 1, limit: 1000 }),
    baskets: await tx.baskets.find({}),
    certificates: await tx.certificates.find({}),
  }))
}
