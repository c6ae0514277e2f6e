import { Transaction, type Beef, type Validation } from '@bsv/sdk'
import { formatOutpoint, wholeTransaction, type OutputRow, type StoreReader } from '@txkeep/core'
import type { TransactionService } from '@txkeep/lifecycle'
import { WERR_INVALID_PARAMETER, WERR_REVIEW_ACTIONS } from '../errors/werr.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import { findNamedCoins, type NamedCoin } from './named-coins.js'

/** An input the caller provides, with what it spends. */
export interface CustomInput {
  readonly input: Validation.ValidCreateActionInput
  readonly satoshis: number
  readonly lockingScript: Uint8Array
  /** The user's own output, which the action locks. */
  readonly output: OutputRow | undefined
}

/**
 * The caller's inputs with the outputs they spend: the user's own, else what the BEEF says.
 * Source: docs/spec/wallet-storage.md §3.1 step 6, §3.5.
 *
 * @throws {WERR_INVALID_PARAMETER} if an input spends change, what is not usable, or what does not exist.
 * @throws {WERR_REVIEW_ACTIONS} if a signed transaction of the user spends it already.
 */
export async function readCustomInputs(
  tx: StoreReader,
  userId: number,
  inputs: readonly Validation.ValidCreateActionInput[],
  beef: Beef,
  service: Pick<TransactionService, 'mergeBeefForTxids'>,
): Promise<readonly CustomInput[]> {
  const named = await findNamedCoins(
    tx,
    userId,
    inputs.map((input) => input.outpoint),
  )
  const scripts = await lockingScriptsOf(
    tx,
    [...named.values()].map(({ output }) => output),
  )
  const read: CustomInput[] = []
  for (const [vin, input] of inputs.entries()) {
    const coin = named.get(formatOutpoint(input.outpoint))
    if (coin === undefined) {
      read.push(await readFromBeef(tx, beef, input, vin))
      continue
    }
    await assertFree(coin, vin, service)
    const { output } = coin
    const lockingScript = scripts.get(output.outputId)
    if (lockingScript === undefined) throw notAllowed(vin, 'an output whose locking script is known')
    read.push({ input, satoshis: output.satoshis, lockingScript, output })
  }
  return read
}

async function assertFree(
  { output, spender, isUsable }: NamedCoin,
  vin: number,
  service: Pick<TransactionService, 'mergeBeefForTxids'>,
): Promise<void> {
  if (output.change) throw notAllowed(vin, 'no change of this wallet, which it spends by itself')
  if (spender !== undefined) {
    const { txid } = spender
    const { beef } = await service.mergeBeefForTxids([txid])
    const competingBeef = beef.toBinary()
    throw new WERR_REVIEW_ACTIONS([{ txid: '', status: 'doubleSpend', competingTxs: [txid], competingBeef }], [])
  }
  if (!isUsable) throw notAllowed(vin, 'spendable: it is spent, withheld, or its transaction is not usable')
}

/** Somebody else's output. An entry that is only a txid is known here: its bytes are stored. */
async function readFromBeef(
  tx: StoreReader,
  beef: Beef,
  input: Validation.ValidCreateActionInput,
  vin: number,
): Promise<CustomInput> {
  const { txid, vout } = input.outpoint
  const transaction = beef.findTransactionForSigning(txid) ?? (await readStored(tx, txid))
  if (transaction === undefined) throw notAllowed(vin, `an output of a transaction in inputBEEF. ${txid} is not`)
  const output = transaction.outputs[vout]
  if (output?.satoshis === undefined) {
    throw notAllowed(vin, `one of the ${transaction.outputs.length} outputs of ${txid}. There is no output ${vout}`)
  }
  return { input, satoshis: output.satoshis, lockingScript: output.lockingScript.toUint8Array(), output: undefined }
}

async function readStored(tx: StoreReader, txid: string): Promise<Transaction | undefined> {
  const rawTx = (await tx.transactions.findByTxid(txid))?.rawTx ?? null
  return rawTx === null ? undefined : Transaction.fromBinary(wholeTransaction(rawTx))
}

function notAllowed(vin: number, mustBe: string): WERR_INVALID_PARAMETER {
  return new WERR_INVALID_PARAMETER(`inputs[${vin}]`, mustBe)
}
