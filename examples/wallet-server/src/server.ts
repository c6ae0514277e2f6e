import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompletedProtoWallet, PrivateKey } from '@bsv/sdk'
import { StorageServer, sdk, type StorageProvider, type Wallet } from '@bsv/wallet-toolbox'
import { openPlayNetwork } from '@txkeep/play-network'
import { createProvider, servedStorage } from '@txkeep/provider'
import { openStore } from '@txkeep/storage-knex'

/** One process of the wallet server. Run as many as you like on one database: they share its coins without a lock of their own. */

const { DATABASE_URL = '', SERVER_KEY = '', PORT = '0', PLAY_NETWORK } = process.env

const store = await openStore(DATABASE_URL)
const network = await openPlayNetwork(PLAY_NETWORK) // yours: new Services('main')
const provider = createProvider<sdk.WalletServices>({ store, services: network.services, errors: sdk })
await provider.makeAvailable()

// The server signs with its key and keeps no coins, so it needs no storage of its own.
const wallet = new CompletedProtoWallet(PrivateKey.fromHex(SERVER_KEY)) as unknown as Wallet
const storage = servedStorage(provider, sdk) as unknown as StorageProvider
const server = new StorageServer(storage, { port: Number(PORT), wallet, monetize: false })
server.start()

const listening = server.server as Server
if (!listening.listening) await once(listening, 'listening')
process.send?.((listening.address() as AddressInfo).port)

process.once('SIGTERM', async () => {
  await server.close()
  await provider.destroy()
  await network.close()
  process.exit()
})
