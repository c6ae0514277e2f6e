/** Baskets that name an operation on the wallet instead of a list. Source: docs/spec/wallet-storage.md §8. */
export const BALANCE_BASKET = '893b7646de0e1c9f741bd6e9169b76a8847ae34adef7bef1e6a285371206d2e8'
export const INVALID_CHANGE_BASKET = '5a76fd430a311f8bc0553859061710a4475c19fed46e2ff95969aa918e612e57'
export const CHANGE_PARAMS_BASKET = 'a4979d28ced8581e9c1c92f1001cc7cb3aabf8ea32e10888ad898f0a509a3929'

/** The basket change goes to: what the operations are about. */
export const CHANGE_BASKET = 'default'

/** What a request is about, once a special basket or tag is read. */
export interface OutputListOperation {
  readonly kind: 'list' | 'balance' | 'invalid-change' | 'change-params'
  readonly basket: string
  /** Tags that remain, to filter by or as parameters. */
  readonly tags: readonly string[]
}

/** The balance of any basket can also be asked for by a tag (BRC-112). */
export function readOutputListOperation(basket: string, tags: readonly string[]): OutputListOperation {
  if (basket === INVALID_CHANGE_BASKET) return { kind: 'invalid-change', basket: CHANGE_BASKET, tags }
  if (basket === CHANGE_PARAMS_BASKET) return { kind: 'change-params', basket: CHANGE_BASKET, tags }
  const rest = tags.filter((tag) => tag !== BALANCE_BASKET)
  if (basket === BALANCE_BASKET) return { kind: 'balance', basket: CHANGE_BASKET, tags: rest }
  return { kind: rest.length < tags.length ? 'balance' : 'list', basket, tags: rest }
}
