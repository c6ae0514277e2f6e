import { Hash, Validation, type AbortActionArgs, type AbortActionResult } from '@bsv/sdk'
import { NotFoundError, formatOutpoint, isTxid, type OutputRow, type StoreReader } from '@txkeep/core'
import { authorize } from '../auth.js'
import { checkObject } from '../check-shape.js'
import { checkNoNul } from '../check-text.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import { toHex } from '../hex.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/**
 * Gives an action up that was never broadcast, found by its reference or its txid. A draft's coins are free at once; those of a
 * signed action only where the network says they are unspent, asked before the unit of work.
 * Source: docs/spec/wallet-storage.md §7.
 *
 * @throws {WERR_INVALID_PARAMETER} if the user has no such action, or it may be on the network.
 * @throws {WERR_INVALID_OPERATION} if a transaction that lives on spends its outputs.
 */
export async function abortAction(
  context: ProviderContext,
  auth: AuthId,
  args: AbortActionArgs,
): Promise<AbortActionResult> {
  if ((auth as AuthId | null | undefined)?.userId === undefined) {
    throw new WERR_INVALID_PARAMETER('auth.userId', 'the id of the user who calls')
  }
  checkNoNul('reference', checkObject('args', args).reference)
  const { reference } = Validation.validateAbortActionArgs(args)
  const held = await context.store.read((tx) => findHeld(tx, auth, reference))
  const unspentOutputIds = await findUnspent(context, held)
  try {
    await context.service.unit(async (service, tx) => {
      const { userId } = await authorize(tx, auth)
      await service.as(`user:${userId}`).abortAction({ userId, reference, unspentOutputIds })
    })
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    throw new WERR_INVALID_PARAMETER('reference', 'the reference or txid of an action of the user', { cause: error })
  }
  return { aborted: true }
}

/** A coin a signed action holds, and the hash of its script, by which the network is asked. */
interface HeldCoin {
  readonly output: OutputRow
  readonly scriptHash: string
}

async function findHeld(tx: StoreReader, auth: AuthId, reference: string): Promise<readonly HeldCoin[]> {
  const { userId } = await authorize(tx, auth)
  const action = (await tx.actions.findByReference(userId, reference)) ?? (await findByTxid(tx, userId, reference))
  if (action === undefined || action.transactionId === null) return []
  const outputs = await tx.outputs.findSpentBy([action.actionId], userId)
  const scripts = await lockingScriptsOf(tx, outputs)
  return outputs.flatMap((output) => {
    const script = scripts.get(output.outputId)
    return script === undefined ? [] : [{ output, scriptHash: toHex(Uint8Array.from(Hash.sha256([...script]))) }]
  })
}

async function findByTxid(
  tx: StoreReader,
  userId: number,
  reference: string,
): Promise<Awaited<ReturnType<StoreReader['actions']['findByReference']>>> {
  const transaction = isTxid(reference) ? await tx.transactions.findByTxid(reference) : undefined
  return transaction && tx.actions.findByUserTransaction(userId, transaction.transactionId)
}

/** Only a clear yes frees a coin; without an answer it stays locked until a task asks again. */
async function findUnspent(context: ProviderContext, held: readonly HeldCoin[]): Promise<number[]> {
  const network = context.networkIfAny()
  if (network === undefined) return []
  const unspent: number[] = []
  for (let start = 0; start < held.length; start += LOOKUPS_AT_ONCE) {
    const answers = await Promise.all(
      held.slice(start, start + LOOKUPS_AT_ONCE).map(async ({ output, scriptHash }) => {
        const outpoint = formatOutpoint({ txid: output.txid ?? '', vout: output.vout })
        const answer = await network.getUtxoStatus(scriptHash, outpoint).catch(() => undefined)
        return { outputId: output.outputId, isFree: answer?.status === 'success' && answer.isUtxo === true }
      }),
    )
    for (const { outputId, isFree } of answers) if (isFree) unspent.push(outputId)
  }
  return unspent
}

const LOOKUPS_AT_ONCE = 12
