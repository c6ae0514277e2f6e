import { KeyDeriver, P2PKH, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { openPlayNetwork } from '@txkeep/play-network'
import { createProvider } from '@txkeep/provider'
import { openStore } from '@txkeep/storage-knex'

const file = process.argv[2] ?? 'wallet.sqlite'
const network = await openPlayNetwork() // yours: new Services('main')
const { services } = network
const keyDeriver = new KeyDeriver(PrivateKey.fromRandom()) // yours: the key the user keeps

// The storage: made the first time, opened after that.
const store = await openStore(file, { create: true })
const provider = createProvider<sdk.WalletServices>({ store, services, chain: 'mock', errors: sdk })
await provider.migrate('my wallet', PrivateKey.fromRandom().toPublicKey().toString())

// The published wallet, unchanged.
const storage = new WalletStorageManager(keyDeriver.identityKey, provider)
await storage.makeAvailable()
const wallet = new Wallet({ chain: 'mock', keyDeriver, storage, services })

await network.pay(wallet, 10_000)
console.log(`received: ${await wallet.balance()} satoshis`)

const lockingScript = new P2PKH().lock(PrivateKey.fromRandom().toAddress()).toHex()
const { txid } = await wallet.createAction({
  description: 'coffee for a friend',
  outputs: [{ satoshis: 1000, lockingScript, outputDescription: 'the coffee' }],
  options: { acceptDelayedBroadcast: false },
})
console.log(`paid 1000 in ${txid}; left: ${await wallet.balance()} satoshis`)

await wallet.destroy() // closes the store, too
await network.close()
