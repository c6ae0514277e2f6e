/** The tables both schemas share, as the legacy schema has them; the migration leaves them in place. */

interface Stamped {
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface UserRow extends Stamped {
  readonly userId: number
  readonly identityKey: string
  readonly activeStorage: string
}

export interface OutputBasketRow extends Stamped {
  readonly basketId: number
  readonly userId: number
  readonly name: string
  readonly numberOfDesiredUTXOs: number
  readonly minimumDesiredUTXOValue: number
  readonly isDeleted: boolean
}

export interface OutputTagRow extends Stamped {
  readonly outputTagId: number
  readonly userId: number
  readonly tag: string
  readonly isDeleted: boolean
}

export interface OutputTagMapRow extends Stamped {
  readonly outputTagId: number
  readonly outputId: number
  readonly isDeleted: boolean
}

export interface TxLabelRow extends Stamped {
  readonly txLabelId: number
  readonly userId: number
  readonly label: string
  readonly isDeleted: boolean
}

/** A label on an action. */
export interface TxLabelMapRow extends Stamped {
  readonly txLabelId: number
  readonly actionId: number
  readonly isDeleted: boolean
}

export interface CommissionRow extends Stamped {
  readonly commissionId: number
  readonly userId: number
  readonly actionId: number
  readonly satoshis: number
  readonly keyOffset: string
  readonly isRedeemed: boolean
  readonly lockingScript: Uint8Array
}

export interface CertificateRow extends Stamped {
  readonly certificateId: number
  readonly userId: number
  readonly serialNumber: string
  readonly type: string
  readonly certifier: string
  readonly subject: string
  readonly verifier: string | null
  readonly revocationOutpoint: string
  readonly signature: string
  readonly isDeleted: boolean
}

export interface CertificateFieldRow extends Stamped {
  readonly userId: number
  readonly certificateId: number
  readonly fieldName: string
  readonly fieldValue: string
  readonly masterKey: string
}

export interface SettingsRow extends Stamped {
  readonly storageIdentityKey: string
  readonly storageName: string
  readonly chain: string
  readonly dbtype: string
  /** Longest locking script stored beside its output, in bytes; a longer one is read from the raw transaction. */
  readonly maxOutputScript: number
}

export interface SyncStateRow extends Stamped {
  readonly syncStateId: number
  readonly userId: number
  readonly storageIdentityKey: string
  readonly storageName: string
  readonly status: string
  readonly init: boolean
  readonly refNum: string
  /** JSON text: entity name to id map, counts and newest timestamp. */
  readonly syncMap: string
  readonly when: Date | null
  readonly satoshis: number | null
  readonly errorLocal: string | null
  readonly errorOther: string | null
}

export interface MonitorEventRow extends Stamped {
  readonly id: number
  readonly event: string
  readonly details: string | null
}

/** A row that came by sync, so that a third store that synced later does not miss it. */
export interface SyncArrivalRow {
  readonly userId: number
  readonly entity: string
  readonly key: string
  readonly arrivedAt: Date
}
