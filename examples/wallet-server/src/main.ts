import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompletedProtoWallet, KeyDeriver, P2PKH, PrivateKey } from '@bsv/sdk'
import { StorageClient, Wallet, WalletStorageManager } from '@bsv/wallet-toolbox'
import { openPlayNetwork } from '@txkeep/play-network'
import { createProvider } from '@txkeep/provider'
import { openStore } from '@txkeep/storage-knex'

/** Sets a database up, runs two server processes on it, and one user's two devices, which pay through both at the same time. */

const { DATABASE_URL } = process.env
if (DATABASE_URL === undefined) {
  console.error('Set DATABASE_URL to an empty Postgres database, e.g. postgres://postgres@127.0.0.1:5432/wallets')
  process.exit(1)
}

// Once, by the operator: the schema, and the name and identity of the store.
const operator = createProvider({ store: await openStore(DATABASE_URL, { create: true }), chain: 'mock' })
await operator.migrate('wallet server', PrivateKey.fromRandom().toPublicKey().toString())
await operator.destroy()

const folder = await mkdtemp(join(tmpdir(), 'txkeep-wallet-server-'))
const networkFile = join(folder, 'network.sqlite')
const network = await openPlayNetwork(networkFile) // yours: new Services('main')
const servers: ChildProcess[] = []
try {
  const rootKey = PrivateKey.fromRandom()
  const phone = await openDevice(rootKey, await startServer())
  const laptop = await openDevice(rootKey, await startServer())

  await network.pay(phone, 10_000, 10_000, 10_000, 10_000) // four coins: four actions can be made at once
  console.log(`received: ${await laptop.balance()} satoshis`)
  const payments = await Promise.all([phone, laptop, phone, laptop].map((device) => pay(device, 1000)))
  console.log(`paid ${payments.length} times 1000, from both devices at once`)
  console.log(`the phone sees ${await phone.balance()} satoshis, the laptop ${await laptop.balance()}`)
} finally {
  for (const server of servers) {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  }
  await network.close()
  await rm(folder, { recursive: true })
}

/** The URL of a server process that has begun to listen. */
async function startServer(): Promise<string> {
  const server = fork(join(import.meta.dirname, 'server.ts'), {
    env: { ...process.env, SERVER_KEY: PrivateKey.fromRandom().toHex(), PLAY_NETWORK: networkFile },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  servers.push(server)
  const [port] = (await once(server, 'message')) as [number]
  return `http://127.0.0.1:${port}`
}

/** The published wallet over the published client: nothing of txkeep is on the device. */
async function openDevice(rootKey: PrivateKey, serverUrl: string): Promise<Wallet> {
  const keyDeriver = new KeyDeriver(rootKey)
  const client = new StorageClient(new CompletedProtoWallet(rootKey), serverUrl)
  const storage = new WalletStorageManager(keyDeriver.identityKey, client)
  await storage.makeAvailable()
  return new Wallet({ chain: 'mock', keyDeriver, storage, services: network.services })
}

async function pay(device: Wallet, satoshis: number): Promise<void> {
  const lockingScript = new P2PKH().lock(PrivateKey.fromRandom().toAddress()).toHex()
  await device.createAction({
    description: 'a payment to a friend',
    outputs: [{ satoshis, lockingScript, outputDescription: 'for the friend' }],
    options: { acceptDelayedBroadcast: false },
  })
}
