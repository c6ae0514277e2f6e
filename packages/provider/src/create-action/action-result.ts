import { Beef, type Validation } from '@bsv/sdk'
import type { ActionRow, OutputRow, StoreReader } from '@txkeep/core'
import type { TransactionService } from '@txkeep/lifecycle'
import { WERR_INTERNAL } from '../errors/werr.js'
import { toHex } from '../hex.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import type {
  StorageCreateActionResult,
  StorageCreateTransactionSdkInput,
  StorageCreateTransactionSdkOutput,
} from '../published/arguments.js'
import type { StorageProvidedBy } from '../published/rows.js'
import { CHANGE_UNLOCKING_SCRIPT_BYTES } from './change/transaction-size.js'
import type { CustomInput } from './custom-inputs.js'
import type { PlannedOutput } from './planned-outputs.js'

export interface CreatedDraft {
  readonly action: ActionRow
  readonly inputs: readonly CustomInput[]
  /** Coins that pay for it, in the order they were granted. */
  readonly change: readonly OutputRow[]
  readonly outputs: readonly PlannedOutput[]
  readonly derivationPrefix: string
  /** What came with the caller's inputs. */
  readonly beef: Beef
  /** Ancestors of coins that are not stored, as the network knows them. */
  readonly fetched: Beef
}

/** Coins were picked whose ancestors are not stored: they have to be fetched first, outside the unit of work. */
export class AncestryMissing extends Error {
  readonly txids: readonly string[]
  constructor(txids: readonly string[]) {
    super(`Ancestors of coins are not stored: ${txids.join(', ')}.`)
    this.name = 'AncestryMissing'
    this.txids = txids
  }
}

/**
 * What the wallet needs to build and sign the transaction of a draft. Source: docs/spec/wallet-storage.md §3.6.
 *
 * @throws {AncestryMissing} if a coin that pays cannot be proven out of what is stored or fetched.
 */
export async function actionResult(
  service: TransactionService,
  tx: StoreReader,
  vargs: Validation.ValidCreateActionArgs,
  draft: CreatedDraft,
): Promise<StorageCreateActionResult> {
  const { action, outputs, derivationPrefix } = draft
  const inputBeef = await inputBeefOf(service, vargs, draft)
  const { version, lockTime } = vargs
  return {
    reference: action.reference,
    version,
    lockTime,
    derivationPrefix,
    inputs: await inputsOf(tx, vargs, draft),
    outputs: outputs.map(toSdkOutput),
    ...(inputBeef === undefined ? {} : { inputBeef }),
    ...(vargs.isNoSend ? { noSendChangeOutputVouts: outputs.filter(isChange).map(({ vout }) => vout) } : {}),
  }
}

/** The caller's BEEF and the ancestry of the coins that pay, out of what is stored. */
async function inputBeefOf(
  service: TransactionService,
  { options, inputs }: Validation.ValidCreateActionArgs,
  { change, beef, fetched }: CreatedDraft,
): Promise<number[] | undefined> {
  if (options.returnTXIDOnly) return undefined
  const { knownTxids } = options
  const sources = [...new Set(change.map(({ txid }) => txid ?? ''))]
  const ancestry = await service.mergeBeefForTxids(sources, { knownTxids, elsewhere: fetched })
  if (ancestry.missing.length > 0) throw new AncestryMissing(ancestry.missing)
  const merged = new Beef()
  if (inputs.length > 0) merged.mergeBeef(beef)
  merged.mergeBeef(ancestry.beef)
  for (const txid of knownTxids) if (merged.findTxid(txid) !== undefined) merged.makeTxidOnly(txid)
  return merged.toBinary()
}

async function inputsOf(
  tx: StoreReader,
  vargs: Validation.ValidCreateActionArgs,
  { inputs, change }: CreatedDraft,
): Promise<StorageCreateTransactionSdkInput[]> {
  const scripts = await lockingScriptsOf(tx, change)
  const rawTxOf = await sourceTransactions(tx, vargs, [...inputs.map(({ output }) => output), ...change])
  const custom = inputs.map(({ input, satoshis, lockingScript, output }, vin): StorageCreateTransactionSdkInput => ({
    vin,
    sourceTxid: input.outpoint.txid,
    sourceVout: input.outpoint.vout,
    sourceSatoshis: satoshis,
    sourceLockingScript: toHex(lockingScript),
    ...source(output && rawTxOf.get(output.txid ?? '')),
    unlockingScriptLength: input.unlockingScriptLength,
    providedBy: output?.providedBy === 'storage' ? 'you-and-storage' : 'you',
    type: 'custom',
    spendingDescription: input.inputDescription,
  }))
  const paying = change.map((coin, index): StorageCreateTransactionSdkInput => {
    const script = scripts.get(coin.outputId)
    if (script === undefined) throw new WERR_INTERNAL(`The script of output ${coin.outputId} is not stored.`)
    const { derivationPrefix, derivationSuffix, senderIdentityKey } = coin
    return {
      vin: custom.length + index,
      sourceTxid: coin.txid ?? '',
      sourceVout: coin.vout,
      sourceSatoshis: coin.satoshis,
      sourceLockingScript: toHex(script),
      ...source(rawTxOf.get(coin.txid ?? '')),
      unlockingScriptLength: CHANGE_UNLOCKING_SCRIPT_BYTES,
      providedBy: coin.providedBy as StorageProvidedBy,
      type: coin.type,
      ...(derivationPrefix === null ? {} : { derivationPrefix }),
      ...(derivationSuffix === null ? {} : { derivationSuffix }),
      ...(senderIdentityKey === null ? {} : { senderIdentityKey }),
    }
  })
  return [...custom, ...paying]
}

/** The raw transactions of stored inputs, when the caller signs and asked for all of them. */
async function sourceTransactions(
  tx: StoreReader,
  { includeAllSourceTransactions, isSignAction }: Validation.ValidCreateActionArgs,
  outputs: readonly (OutputRow | undefined)[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (!includeAllSourceTransactions || !isSignAction) return new Map()
  const txids = new Set(outputs.flatMap((output) => (output?.txid == null ? [] : [output.txid])))
  const rows = await tx.transactions.findByTxids([...txids])
  return new Map(rows.flatMap(({ txid, rawTx }) => (rawTx === null ? [] : [[txid, rawTx] as const])))
}

function source(rawTx: Uint8Array | undefined): { sourceTransaction?: number[] } {
  return rawTx === undefined ? {} : { sourceTransaction: [...rawTx] }
}

function isChange({ change }: PlannedOutput): boolean {
  return change === true
}

function toSdkOutput(output: PlannedOutput): StorageCreateTransactionSdkOutput {
  const { lockingScript, customInstructions, derivationSuffix, basket } = output
  return {
    vout: output.vout,
    satoshis: output.satoshis,
    lockingScript: lockingScript == null ? '' : toHex(lockingScript),
    providedBy: output.providedBy as StorageProvidedBy,
    purpose: output.purpose,
    outputDescription: output.outputDescription ?? '',
    tags: [...(output.tags ?? [])],
    ...(basket === undefined || isChange(output) ? {} : { basket }),
    ...(customInstructions == null ? {} : { customInstructions }),
    ...(derivationSuffix == null ? {} : { derivationSuffix }),
  }
}
