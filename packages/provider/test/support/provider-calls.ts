import { Validation } from '@bsv/sdk'
import type { WalletStorageProvider } from '../../src/index.js'
import { validPayment, payment, strangerScript } from './open-wallet.js'
import { insert, receive } from './received-payments.js'
import { OTHER_STORE, type RichUser, type RichWorld } from './rich-world.js'

export type ProviderMethod = keyof WalletStorageProvider

/** What one user says to one method, and the method takes. */
export interface ProviderCall {
  readonly method: ProviderMethod
  readonly title: string
  /** Whether it may change a row. */
  readonly writes: boolean
  args(user: RichUser, world: RichWorld): unknown[]
}

type Calls = Readonly<Record<string, ProviderCall['args']>>

/** Calls of a method that only reads. */
function reads(calls: Calls): Omit<ProviderCall, 'method'>[] {
  return Object.entries(calls).map(([title, args]) => ({ title, writes: false, args }))
}

/** Calls of a method that changes rows, or the provider itself. */
function writes(calls: Calls): Omit<ProviderCall, 'method'>[] {
  return Object.entries(calls).map(([title, args]) => ({ title, writes: true, args }))
}

const REVIEW_CHANGE = '5a76fd430a311f8bc0553859061710a4475c19fed46e2ff95969aa918e612e57'
const CHANGE_PARAMS = 'a4979d28ced8581e9c1c92f1001cc7cb3aabf8ea32e10888ad898f0a509a3929'
const BALANCE = '893b7646de0e1c9f741bd6e9169b76a8847ae34adef7bef1e6a285371206d2e8'
const KEPT_ACTIONS = 'ac6b20a3bb320adafecd637b25c84b792ad828d3aa510d05dc841481f664277d'
const FAILED_ACTIONS = '97d4eb1e49215e3374cc2c1939a7c43a55e95c7427bf2d45ed63e3b4e0c88153'

const listedActions = (labels: string[]): object => ({
  ...Validation.validateListActionsArgs({ labels }),
  includeLabels: true,
  includeInputs: true,
  includeInputSourceLockingScripts: true,
  includeInputUnlockingScripts: true,
  includeOutputs: true,
  includeOutputLockingScripts: true,
})

const listedOutputs = (basket: string, tags: string[] = []): object => ({
  ...Validation.validateListOutputsArgs({ basket, tags, include: 'entire transactions' }),
  includeLockingScripts: true,
  includeCustomInstructions: true,
  includeTags: true,
  includeLabels: true,
})

const none = (): unknown[] => []

/**
 * Every method of the interface with calls that succeed in the rich world, each by itself. A method that is not in here does
 * not compile, and fails the tests that walk the provider's own methods.
 */
const CALLS: Readonly<Record<ProviderMethod, readonly Omit<ProviderCall, 'method'>[]>> = {
  isStorageProvider: reads({ plain: none }),
  isAvailable: reads({ plain: none }),
  makeAvailable: reads({ plain: none }),
  getSettings: reads({ plain: none }),
  getServices: reads({ plain: none }),
  migrate: reads({ again: () => ['another name', OTHER_STORE] }),
  setServices: writes({ plain: (_, { world }) => [world.services] }),
  destroy: writes({ plain: none }),

  findOrInsertUser: writes({ known: ({ auth }) => [auth.identityKey], new: () => [`03${'ee'.repeat(32)}`] }),
  setActive: writes({ plain: ({ auth }) => [auth, OTHER_STORE] }),

  createAction: writes({
    'of change alone': ({ auth }) => [auth, validPayment(1000)],
    'with an input of hers': ({ auth, token }) => [
      auth,
      Validation.validateCreateActionArgs({
        description: 'spends a token',
        labels: ['spending'],
        inputBEEF: token.beef,
        inputs: [
          { outpoint: `${token.txid}.${token.vout}`, unlockingScriptLength: 1, inputDescription: 'a token of hers' },
        ],
        outputs: [
          {
            satoshis: 600,
            lockingScript: strangerScript,
            outputDescription: 'a new one',
            basket: 'new tokens',
            tags: ['new'],
            customInstructions: 'keep',
          },
        ],
      }),
    ],
    'with change kept back': (user) => [
      user.auth,
      Validation.validateCreateActionArgs(
        payment(100, {
          noSend: true,
          noSendChange: [`${user.keptTxid}.${user.keptVout}`],
          knownTxids: [user.keptTxid],
        }),
      ),
    ],
  }),
  processAction: writes({
    'a signed draft': ({ auth, signing }) => [auth, signing],
    'sent along, later': ({ auth, keptTxid }) => [auth, sending([keptTxid], true)],
    'sent along, now': ({ auth, keptTxid }) => [auth, sending([keptTxid], false)],
  }),
  internalizeAction: writes({
    payments: ({ auth, paid }) => [auth, receive(paid, { labels: ['received'] })],
    'a payment and a coin for a basket': ({ auth, paid }) => [
      auth,
      {
        ...receive(paid, { vouts: [0] }),
        outputs: [
          ...receive(paid, { vouts: [0] }).outputs,
          ...insert(paid, 'coins', { vouts: [1], tags: ['a tag'], customInstructions: 'keep' }).outputs,
        ],
      },
    ],
  }),
  abortAction: writes({
    'a draft': ({ auth, signing }) => [auth, { reference: signing.reference }],
    'a kept one': ({ auth, keptTxid }) => [auth, { reference: keptTxid }],
  }),
  listActions: [
    ...reads({
      'every one': ({ auth }) => [auth, listedActions([])],
      'by label and time': ({ auth }) => [auth, listedActions(['minted', 'action time from 5'])],
      'kept ones': ({ auth }) => [auth, listedActions([KEPT_ACTIONS])],
      'failed ones': ({ auth }) => [auth, listedActions([FAILED_ACTIONS])],
    }),
    ...writes({
      'kept ones, to abort': ({ auth }) => [auth, listedActions([KEPT_ACTIONS, 'abort'])],
      'failed ones, to ask again': ({ auth }) => [auth, listedActions([FAILED_ACTIONS, 'unfail'])],
    }),
  ],

  insertCertificateAuth: writes({
    'a new one': ({ auth, certificate }) => [auth, { ...certificate, serialNumber: 'bmV3' }],
  }),
  listCertificates: reads({
    'every one': ({ auth }) => [auth, { certifiers: [], types: [], limit: 10, offset: 0 }],
    'this one': ({ auth, certificate: { certifier, type, serialNumber } }) => [
      auth,
      { certifiers: [certifier], types: [type], limit: 2, offset: 0, partial: { serialNumber } },
    ],
  }),
  relinquishCertificate: writes({
    plain: ({ auth, certificate: { type, serialNumber, certifier } }) => [auth, { type, serialNumber, certifier }],
  }),
  listOutputs: [
    ...reads({
      change: ({ auth }) => [auth, listedOutputs('default')],
      tokens: ({ auth, name }) => [auth, listedOutputs(`${name} tokens`, [`${name} tag`])],
      balance: ({ auth }) => [auth, listedOutputs(BALANCE)],
      'of a basket the balance': ({ auth, name }) => [auth, listedOutputs(`${name} tokens`, [BALANCE])],
    }),
    ...writes({
      'change that is gone': ({ auth }) => [auth, listedOutputs(REVIEW_CHANGE, ['all', 'release'])],
      'how change is made': ({ auth }) => [auth, listedOutputs(CHANGE_PARAMS, ['12', '500'])],
    }),
  ],
  relinquishOutput: writes({
    plain: ({ auth, name, token }) => [auth, { basket: `${name} tokens`, output: `${token.txid}.${token.vout}` }],
  }),
  findCertificatesAuth: reads({
    'every one': ({ auth }) => [auth, { partial: {}, includeFields: true }],
    'hers by name': ({ auth, userId, certificate: { certifier, type, serialNumber } }) => [
      auth,
      { partial: { userId, serialNumber }, certifiers: [certifier], types: [type], includeFields: true },
    ],
  }),
  findOutputBasketsAuth: reads({
    'every one': ({ auth }) => [auth, { partial: {}, since: new Date(0), paged: { limit: 5, offset: 0 } }],
    'hers by name': ({ auth, userId, name }) => [auth, { partial: { userId, name: `${name} tokens` } }],
  }),
  findOutputsAuth: reads({
    'every one': ({ auth }) => [auth, { partial: {}, since: new Date(0), paged: { limit: 50, offset: 0 } }],
    'by outpoint': ({ auth, token: { txid, vout } }) => [auth, { partial: { txid, vout }, txStatus: ['unproven'] }],
    'by id': ({ auth, tokenRow: { outputId } }) => [auth, { partial: { outputId } }],
    'by action': ({ auth, userId, tokenRow: { actionId } }) => [auth, { partial: { userId, transactionId: actionId } }],
    'by spender': ({ auth, spenderId }) => [auth, { partial: { spentBy: spenderId }, noScript: true }],
    'by basket': ({ auth, tokenRow: { basketId } }) => [auth, { partial: { basketId: basketId! } }],
  }),
  findProvenTxReqs: reads({
    plain: ({ keptTxid }) => [{ partial: {}, status: ['nosend'], txids: [keptTxid], paged: { limit: 9, offset: 0 } }],
  }),

  findOrInsertSyncStateAuth: writes({
    known: ({ auth }) => [auth, OTHER_STORE, 'a new name'],
    new: ({ auth }) => [auth, `03${'aa'.repeat(32)}`, 'a third store'],
  }),
  getSyncChunk: reads({
    whole: ({ request }) => [request],
    'a part': ({ request }) => [{ ...request, maxItems: 3, since: new Date(1000) }],
  }),
  processSyncChunk: writes({ plain: ({ request, chunk }) => [request, chunk] }),
}

function sending(sendWith: string[], isDelayed: boolean): object {
  return { isNewTx: false, isSendWith: true, isNoSend: false, isDelayed, sendWith }
}

export const PROVIDER_CALLS: readonly ProviderCall[] = Object.entries(CALLS).flatMap(([method, calls]) =>
  calls.map((call) => ({ method: method as ProviderMethod, ...call })),
)

/** Calls the method of this name, and gives what it answers or throws, later in any case. */
export async function callProvider(provider: object, method: string, args: readonly unknown[]): Promise<unknown> {
  const called = Reflect.get(provider, method) as (...args: unknown[]) => unknown
  return called.apply(provider, [...args])
}
