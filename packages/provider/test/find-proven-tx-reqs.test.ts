import { expect, it } from 'vitest'
import { atOnce, openWorld, payment } from './support/open-wallet.js'

it('requests are found by txid, status, batch and time, of all users, with whom to notify', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const kept = await alice.wallet.createAction(payment(1000, { ...atOnce, noSend: true }))
  await alice.fund(5000)
  const sent = await alice.wallet.createAction(payment(1000, atOnce))
  const bob = await world.newWallet()
  await bob.fund(2000)

  const all = await world.provider.findProvenTxReqs({ partial: {} })
  expect(all.map(({ status }) => status)).toEqual(['unconfirmed', 'nosend', 'unconfirmed', 'unmined', 'unconfirmed'])
  const [request] = await world.provider.findProvenTxReqs({ partial: { txid: kept.txid! } })
  const [action] = await world.store.read(async (tx) => {
    const transaction = await tx.transactions.findByTxid(kept.txid!)
    return tx.actions.findByTransactions([transaction!.transactionId])
  })
  expect(request).toMatchObject({ txid: kept.txid, status: 'nosend', attempts: 0, wasBroadcast: false })
  expect(JSON.parse(request!.notify)).toEqual({ transactionIds: [action!.actionId] })
  expect(request!.updated_at).toBeInstanceOf(Date)

  const txidsOf = async (args: Parameters<typeof world.provider.findProvenTxReqs>[0]): Promise<string[]> =>
    (await world.provider.findProvenTxReqs(args)).map(({ txid }) => txid)
  expect(await txidsOf({ partial: {}, status: ['unmined', 'nosend'] })).toEqual([kept.txid, sent.txid])
  expect(await txidsOf({ partial: { status: 'unmined' } })).toEqual([sent.txid])
  expect(await txidsOf({ partial: {}, txids: [sent.txid!, 'ab'.repeat(32)] })).toEqual([sent.txid])
  expect(await txidsOf({ partial: { status: 'unconfirmed' }, txids: [sent.txid!] })).toEqual([])
  expect(await txidsOf({ partial: {}, paged: { limit: 2, offset: 1 } })).toEqual(
    all.slice(1, 3).map(({ txid }) => txid),
  )
  expect(await txidsOf({ partial: {}, orderDescending: true, paged: { limit: 1 } })).toEqual([all.at(-1)!.txid])
  expect(await txidsOf({ partial: {}, since: new Date(Date.now() + 60_000) })).toEqual([])
  expect(await txidsOf({ partial: { batch: 'none' } })).toEqual([])
  const byBytes = world.provider.findProvenTxReqs({ partial: { rawTx: [1] } })
  await expect(byBytes).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
})
