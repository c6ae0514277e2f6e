import { LockingScript, Transaction, UnlockingScript } from '@bsv/sdk'
import { hashOf } from './hash-of.js'
import { nextSerial } from './serial.js'

export interface TransactionPlan {
  /** Outpoints it consumes. Left out: one outpoint nobody knows. */
  readonly inputs?: readonly PlannedInput[]
  /** Amounts in satoshis, or amounts with a script. Left out: one output of 1000 satoshis. */
  readonly outputs?: readonly (number | PlannedOutput)[]
  readonly version?: number
  readonly lockTime?: number
  /** Same plan and same salt, same txid. Left out: a txid nobody in this process got before. */
  readonly salt?: string | number
}

export interface PlannedInput {
  readonly txid: string
  readonly vout: number
  /** 0xffffffff (final) unless given. */
  readonly sequence?: number
}

export interface PlannedOutput {
  readonly satoshis: number
  /** OP_TRUE unless given. */
  readonly lockingScript?: Uint8Array
}

/** A transaction as a store keeps it, with what its output rows need. */
export interface BuiltTransaction {
  readonly txid: string
  readonly rawTx: Uint8Array
  readonly inputs: readonly { readonly txid: string; readonly vout: number }[]
  readonly outputs: readonly BuiltOutput[]
}

export interface BuiltOutput {
  readonly vout: number
  readonly satoshis: number
  readonly lockingScript: Uint8Array
  /** Where the script lies in `rawTx`, in bytes. */
  readonly scriptOffset: number
  readonly scriptLength: number
}

/** A real, parseable transaction. Its unlocking scripts push a salt and sign nothing: no store and no mock asks for more. */
export function buildTransaction(plan: TransactionPlan = {}): BuiltTransaction {
  const salt = hashOf(`salt ${plan.salt ?? nextSerial()}`)
  const inputs = plan.inputs ?? [{ txid: hashOf(`made-up outpoint ${salt}`), vout: 0 }]
  const transaction = new Transaction(
    plan.version ?? 1,
    inputs.map((input) => ({
      sourceTXID: input.txid,
      sourceOutputIndex: input.vout,
      sequence: input.sequence ?? 0xffffffff,
      unlockingScript: UnlockingScript.fromHex(`20${salt}`),
    })),
    plannedOutputs(plan).map((output) => ({
      satoshis: output.satoshis,
      lockingScript: LockingScript.fromBinary([...(output.lockingScript ?? OP_TRUE)]),
    })),
    plan.lockTime ?? 0,
  )
  return describeTransaction(transaction.toUint8Array())
}

/** What a store would read in these raw bytes. */
export function describeTransaction(rawTx: Uint8Array): BuiltTransaction {
  const transaction = Transaction.fromBinary(rawTx)
  const offsets = Transaction.parseScriptOffsets(rawTx).outputs
  return {
    txid: transaction.id('hex'),
    rawTx,
    inputs: transaction.inputs.map((input) => ({ txid: input.sourceTXID ?? '', vout: input.sourceOutputIndex })),
    outputs: transaction.outputs.map((output, vout) => {
      const { offset, length } = offsets[vout] ?? { offset: 0, length: 0 }
      return {
        vout,
        satoshis: output.satoshis ?? 0,
        lockingScript: rawTx.slice(offset, offset + length),
        scriptOffset: offset,
        scriptLength: length,
      }
    }),
  }
}

const OP_TRUE: Uint8Array = Uint8Array.of(0x51)

function plannedOutputs(plan: TransactionPlan): readonly PlannedOutput[] {
  return (plan.outputs ?? [1000]).map((output) => (typeof output === 'number' ? { satoshis: output } : output))
}
