import { toPublishedError, type PublishedErrorClasses } from '../errors/published-errors.js'
import { WERR_UNAUTHORIZED } from '../errors/werr.js'
import type { WalletStorageProvider } from '../published/wallet-storage-provider.js'

/** What a wallet asks of a remote storage, with the caller in its first argument: an `AuthId`, or a sync request. */
const OF_A_CALLER = [
  'setActive',
  'createAction',
  'processAction',
  'internalizeAction',
  'abortAction',
  'listActions',
  'insertCertificateAuth',
  'listCertificates',
  'relinquishCertificate',
  'listOutputs',
  'relinquishOutput',
  'findCertificatesAuth',
  'findOutputBasketsAuth',
  'findOutputsAuth',
  'findOrInsertSyncStateAuth',
  'getSyncChunk',
  'processSyncChunk',
] as const

/** For the program that owns the store alone, not for who calls it from afar. */
const REFUSED = [
  'isStorageProvider',
  'isAvailable',
  'destroy',
  'getSettings',
  'setServices',
  'getServices',
  'findProvenTxReqs',
] as const

type CallerMethod = (typeof OF_A_CALLER)[number]

/** What is asked of a provider for it. */
export type ServableProvider = Pick<
  WalletStorageProvider,
  CallerMethod | 'makeAvailable' | 'migrate' | 'findOrInsertUser'
>

/** The storage a server hands to remote wallets: these methods and no other name. */
export interface ServedStorage extends Readonly<Omit<ServableProvider, 'migrate'>> {
  /** The published client asks for its baskets by this name. */
  readonly findOutputBaskets: WalletStorageProvider['findOutputBasketsAuth']
  /** The version of the schema. What a remote caller asks for changes nothing. */
  readonly migrate: () => Promise<string>
}

/**
 * `provider` as the published `StorageServer` may serve it. That server calls whatever method a request names, `setServices` and
 * `destroy` included, and compares the caller with who is authenticated only where the first argument has an identity key. Here
 * a name that is not on the list is no method, one that is for the owner alone is refused, and a call for a user must name her key.
 * Source: docs/spec/wallet-storage.md §13, D27.
 *
 * @param errors the toolbox's error classes, as `createProvider` takes them.
 * @throws {WERR_UNAUTHORIZED} from every refused method, and from a call that names no identity key.
 * @example new StorageServer(servedStorage(provider, sdk) as unknown as StorageProvider, options).start()
 */
export function servedStorage(provider: ServableProvider, errors: PublishedErrorClasses = {}): ServedStorage {
  const refuse = (why: string): never => {
    throw toPublishedError(new WERR_UNAUTHORIZED(`Access is denied: ${why}`), errors)
  }
  const ofCaller =
    (name: CallerMethod) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      if (!namesCaller(args[0])) refuse(`${name} needs the identity key of who calls in its first argument.`)
      return Reflect.apply(provider[name], provider, args)
    }
  // No prototype: `constructor` and its like are names on no list either.
  const served: Record<string, unknown> = Object.assign(Object.create(null), {
    makeAvailable: () => provider.makeAvailable(),
    migrate: async () => {
      const { storageName, storageIdentityKey } = await provider.makeAvailable()
      return provider.migrate(storageName, storageIdentityKey)
    },
    findOrInsertUser: (identityKey: string) => provider.findOrInsertUser(identityKey),
    findOutputBaskets: ofCaller('findOutputBasketsAuth'),
  })
  for (const name of OF_A_CALLER) served[name] = ofCaller(name)
  for (const name of REFUSED) served[name] = async () => refuse(`${name} is not for remote callers.`)
  return Object.freeze(served) as unknown as ServedStorage
}

function namesCaller(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'identityKey' in argument && isKey(argument.identityKey)
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
