import type { SyncEntity } from '@txkeep/core'
import { checkBytes } from '../check-shape.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'

/** `number` is a whole one, `count` one from 0 on; a `flag` may come as 0 or 1, as some databases store it. */
type Kind = 'number' | 'count' | 'text' | 'flag' | 'bytes'

/** What a row of one entity must have, and what it may lack. */
interface Columns {
  readonly needed: Readonly<Record<string, Kind>>
  readonly optional?: Readonly<Record<string, Kind>>
}

/**
 * The columns of a row that came, each once it is known to hold what its kind says. Columns nobody reads are left as they are.
 *
 * @throws {WERR_INVALID_PARAMETER} naming the column otherwise.
 */
export function checkColumns(
  parameter: string,
  entity: SyncEntity | 'user',
  row: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { needed, optional = {} } = COLUMNS[entity]
  const checked: Record<string, unknown> = { ...row }
  for (const [name, kind] of Object.entries(needed)) checked[name] = checkKind(`${parameter}.${name}`, kind, row[name])
  for (const [name, kind] of Object.entries(optional)) {
    if (row[name] !== undefined) checked[name] = checkKind(`${parameter}.${name}`, kind, row[name])
  }
  return checked
}

function checkKind(parameter: string, kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value
      throw new WERR_INVALID_PARAMETER(parameter, 'text')
    case 'flag':
      if (value === true || value === 1) return true
      if (value === false || value === 0) return false
      throw new WERR_INVALID_PARAMETER(parameter, 'true or false')
    case 'bytes':
      if (value === undefined) throw new WERR_INVALID_PARAMETER(parameter, 'a list of bytes')
      return checkBytes(parameter, value as readonly number[])
    default:
      if (Number.isSafeInteger(value) && (kind === 'number' || Number(value) >= 0)) return value
      throw new WERR_INVALID_PARAMETER(parameter, kind === 'number' ? 'a whole number' : 'a whole number from 0 on')
  }
}

const name = { isDeleted: 'flag' } as const

const COLUMNS: Readonly<Record<SyncEntity | 'user', Columns>> = {
  user: { needed: { identityKey: 'text', activeStorage: 'text' } },
  provenTx: {
    needed: {
      provenTxId: 'count',
      txid: 'text',
      height: 'count',
      merklePath: 'bytes',
      rawTx: 'bytes',
      merkleRoot: 'text',
    },
  },
  outputBasket: {
    needed: {
      ...name,
      basketId: 'count',
      name: 'text',
      numberOfDesiredUTXOs: 'number',
      minimumDesiredUTXOValue: 'number',
    },
  },
  outputTag: { needed: { ...name, outputTagId: 'count', tag: 'text' } },
  txLabel: { needed: { ...name, txLabelId: 'count', label: 'text' } },
  transaction: {
    needed: {
      transactionId: 'count',
      status: 'text',
      reference: 'text',
      isOutgoing: 'flag',
      satoshis: 'number',
      description: 'text',
    },
    optional: { version: 'count', lockTime: 'count', txid: 'text', inputBEEF: 'bytes', rawTx: 'bytes' },
  },
  output: {
    needed: {
      outputId: 'count',
      transactionId: 'count',
      spendable: 'flag',
      change: 'flag',
      vout: 'count',
      satoshis: 'number',
      providedBy: 'text',
      purpose: 'text',
      type: 'text',
    },
    optional: {
      outputDescription: 'text',
      basketId: 'count',
      txid: 'text',
      senderIdentityKey: 'text',
      derivationPrefix: 'text',
      derivationSuffix: 'text',
      customInstructions: 'text',
      spentBy: 'count',
      sequenceNumber: 'count',
      spendingDescription: 'text',
      scriptLength: 'count',
      scriptOffset: 'count',
      lockingScript: 'bytes',
    },
  },
  txLabelMap: { needed: { ...name, txLabelId: 'count', transactionId: 'count' } },
  outputTagMap: { needed: { ...name, outputTagId: 'count', outputId: 'count' } },
  certificate: {
    needed: {
      ...name,
      certificateId: 'count',
      type: 'text',
      serialNumber: 'text',
      certifier: 'text',
      subject: 'text',
      revocationOutpoint: 'text',
      signature: 'text',
    },
    optional: { verifier: 'text' },
  },
  certificateField: { needed: { certificateId: 'count', fieldName: 'text', fieldValue: 'text', masterKey: 'text' } },
  commission: {
    needed: {
      commissionId: 'count',
      transactionId: 'count',
      satoshis: 'number',
      keyOffset: 'text',
      isRedeemed: 'flag',
      lockingScript: 'bytes',
    },
  },
  provenTxReq: {
    needed: { provenTxReqId: 'count', status: 'text', txid: 'text', rawTx: 'bytes' },
    optional: { batch: 'text', inputBEEF: 'bytes', wasBroadcast: 'flag' },
  },
}
