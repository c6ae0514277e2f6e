import type { ListOutputsResult } from '@bsv/sdk'
import { authorize } from '../auth.js'
import { WERR_BAD_REQUEST, WERR_INTERNAL, WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import type { OutputListOperation } from './output-list-operation.js'

/**
 * Sets how many coins of change the user wants, and their least value in satoshis, as the first two tags say. The answer is an
 * empty list. Source: docs/spec/wallet-storage.md §8.
 *
 * @throws {WERR_INVALID_PARAMETER} if there are fewer than two tags, or a number is too big to be one.
 * @throws {WERR_INTERNAL} if one is no whole number.
 */
export async function setChangeParams(
  { store }: ProviderContext,
  auth: AuthId,
  { basket: name, tags }: OutputListOperation,
): Promise<ListOutputsResult> {
  const [count, value] = tags
  if (count === undefined || value === undefined) {
    throw new WERR_INVALID_PARAMETER(
      'numberOfDesiredUTXOs and minimumDesiredUTXOValue',
      'the first two tags, e.g. "144" and "32".',
    )
  }
  const changes = {
    numberOfDesiredUTXOs: readNumber('numberOfDesiredUTXOs', count),
    minimumDesiredUTXOValue: readNumber('minimumDesiredUTXOValue', value),
  }
  return store.write(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const [basket] = await tx.baskets.find({ userId, name, isDeleted: false })
    if (basket === undefined) throw new WERR_BAD_REQUEST(`The user has no basket ${name}.`)
    await tx.baskets.update({ basketId: basket.basketId }, changes)
    return { totalOutputs: 0, outputs: [] }
  })
}

function readNumber(parameter: string, text: string): number {
  if (!/^[0-9]+$/.test(text))
    throw new WERR_INTERNAL(`${parameter} is "${text.slice(0, 40)}"; a whole number is needed.`)
  const number = Number(text)
  if (number <= LARGEST) return number
  throw new WERR_INVALID_PARAMETER(parameter, `at most ${LARGEST}`)
}

/** What the columns hold on every engine. */
const LARGEST = 2_147_483_647
