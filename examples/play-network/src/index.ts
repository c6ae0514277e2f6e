import { randomBytes } from 'node:crypto'
import type { Wallet } from '@bsv/wallet-toolbox'
import { Faucet, openChain, seededRandom, type FaultyServices } from '@txkeep/legacy-wallet-maker'

/** Stands where a real program has `new Services('main')`: the toolbox's mock network, and somebody with coins. */
export interface PlayNetwork {
  /** The published services, for a `Wallet` and for `createProvider`. */
  readonly services: FaultyServices
  /** Pays a wallet, which takes the payment, and mines it. */
  pay(wallet: Wallet, ...satoshis: readonly number[]): Promise<void>
  close(): Promise<void>
}

/** @param file shares one network between processes; left out, it is a new one of this process alone. */
export async function openPlayNetwork(file: string = ':memory:'): Promise<PlayNetwork> {
  const services = await openChain(file)
  await services.knex.raw('pragma journal_mode = wal')
  const faucet = new Faucet(services, '11'.repeat(32), seededRandom(randomBytes(4).readUInt32LE()))
  return {
    services,
    pay: async (wallet, ...satoshis) => {
      const { publicKey: identityKey } = await wallet.getPublicKey({ identityKey: true })
      const { tx, outputs, senderIdentityKey } = await faucet.pay({ identityKey, satoshis, proven: true })
      await wallet.internalizeAction({
        tx,
        description: 'a payment from a stranger',
        outputs: outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
          outputIndex,
          protocol: 'wallet payment',
          paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey },
        })),
      })
    },
    close: () => services.knex.destroy(),
  }
}
