import { join } from 'node:path'
import { KeyDeriver, P2PKH, PrivateKey } from '@bsv/sdk'
import { StorageKnex, Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { openPlayNetwork } from '@txkeep/play-network'
import { createProvider } from '@txkeep/provider'
import { openStore } from '@txkeep/storage-knex'
import knex from 'knex'

const folder = process.argv[2] ?? '.'
const network = await openPlayNetwork() // yours: new Services('main')
const { services } = network
const keyDeriver = new KeyDeriver(PrivateKey.fromRandom()) // yours: the key the user has always had

// The wallet as it is today: the toolbox's own storage.
const connection = { filename: join(folder, 'legacy.sqlite') }
const legacy = new StorageKnex({
  chain: 'mock',
  feeModel: { model: 'sat/kb', value: 1 },
  commissionSatoshis: 0,
  knex: knex({ client: 'better-sqlite3', connection, useNullAsDefault: true }),
})
await legacy.migrate('legacy', PrivateKey.fromRandom().toPublicKey().toString())
await legacy.makeAvailable()

const before = new WalletStorageManager(keyDeriver.identityKey, legacy)
await before.makeAvailable()
const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: before, services })
await network.pay(wallet, 10_000, 10_000)
await pay(wallet, 1000)
console.log(`legacy: ${await wallet.balance()} satoshis in ${await countActions(wallet)} actions`)

// The new storage, beside it.
const store = await openStore(join(folder, 'txkeep.sqlite'), { create: true })
const txkeep = createProvider<sdk.WalletServices>({ store, services, chain: 'mock', errors: sdk })
await txkeep.migrate('txkeep', PrivateKey.fromRandom().toPublicKey().toString())
const { storageIdentityKey } = await txkeep.makeAvailable()

// The move: one call. The legacy store becomes the backup.
const storage = new WalletStorageManager(keyDeriver.identityKey, legacy, [txkeep])
await storage.makeAvailable()
await storage.setActive(storageIdentityKey)

const moved = new Wallet({ chain: 'mock', keyDeriver, storage, services })
console.log(`moved: ${await moved.balance()} satoshis in ${await countActions(moved)} actions`)
await pay(moved, 1000)
console.log(`txkeep: ${await moved.balance()} satoshis in ${await countActions(moved)} actions`)

await storage.updateBackups() // the legacy store follows, as long as you want the way back
await storage.setActive(legacy.getSettings().storageIdentityKey)
console.log(`and back: ${await moved.balance()} satoshis in ${await countActions(moved)} actions`)

await storage.destroy()
await network.close()

async function pay(from: Wallet, satoshis: number): Promise<void> {
  const lockingScript = new P2PKH().lock(PrivateKey.fromRandom().toAddress()).toHex()
  await from.createAction({
    description: 'a payment to a friend',
    outputs: [{ satoshis, lockingScript, outputDescription: 'for the friend' }],
    options: { acceptDelayedBroadcast: false },
  })
}

async function countActions(of: Wallet): Promise<number> {
  return (await of.listActions({ labels: [] })).totalActions
}
