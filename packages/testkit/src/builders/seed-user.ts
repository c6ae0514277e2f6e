import type { OutputBasketRow, Store, StoreWriter, UserRow } from '@txkeep/core'
import { hashOf } from './hash-of.js'
import { nextSerial } from './serial.js'

/** A user with the basket change goes to. */
export interface SeededUser {
  readonly userId: number
  readonly basketId: number
  readonly identityKey: string
  readonly user: UserRow
  readonly basket: OutputBasketRow
}

export interface UserSeed {
  readonly identityKey?: string
  readonly activeStorage?: string
}

/** A new user and her `default` basket, in one unit of work. */
export function seedUser(store: Store, seed: UserSeed = {}): Promise<SeededUser> {
  return store.write((tx) => insertUser(tx, seed))
}

/** `seedUser` inside a unit of work that is already open. */
export async function insertUser(tx: StoreWriter, seed: UserSeed = {}): Promise<SeededUser> {
  const user = await tx.users.insert({
    identityKey: seed.identityKey ?? `02${hashOf(`user ${nextSerial()}`)}`,
    activeStorage: seed.activeStorage ?? `02${hashOf('storage')}`,
  })
  const basket = await insertBasket(tx, user.userId, 'default')
  return { userId: user.userId, basketId: basket.basketId, identityKey: user.identityKey, user, basket }
}

/** One more basket of this user. */
export function seedBasket(store: Store, userId: number, name: string): Promise<OutputBasketRow> {
  return store.write((tx) => insertBasket(tx, userId, name))
}

function insertBasket(tx: StoreWriter, userId: number, name: string): Promise<OutputBasketRow> {
  return tx.baskets.insert({ userId, name, numberOfDesiredUTXOs: 32, minimumDesiredUTXOValue: 1000, isDeleted: false })
}
