import type { CertificateRow, StoreWriter } from '@txkeep/core'
import { assertOwnRow, authorize } from '../auth.js'
import { checkList, checkObject } from '../check-shape.js'
import { checkNoNul } from '../check-text.js'
import { WERR_BAD_REQUEST } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import type { TableCertificateField, TableCertificateX } from '../published/rows.js'

/**
 * The id of the certificate, stored with its fields. One that was relinquished comes back under its id, with the new fields in
 * place of the old ones. Source: docs/spec/wallet-storage.md §9, D39.
 *
 * @throws {WERR_UNAUTHORIZED} if the certificate or a field is another user's.
 * @throws {WERR_BAD_REQUEST} if the user has this certificate.
 */
export async function insertCertificate(
  context: ProviderContext,
  auth: AuthId,
  certificate: TableCertificateX,
): Promise<number> {
  const columns = checkColumns(checkObject('certificate', certificate))
  const fields = checkList('fields', certificate.fields ?? []).map(checkField)
  return context.store.write(async (tx) => {
    const { userId } = await authorize(tx, auth)
    for (const row of [certificate, ...(certificate.fields ?? [])]) assertOwnRow(userId, row)
    const certificateId = await insertOrRevive(tx, { userId, ...columns })
    for (const field of fields) await tx.certificateFields.insert({ userId, certificateId, ...field })
    return certificateId
  })
}

type Columns = Omit<CertificateRow, 'certificateId' | 'userId' | 'createdAt' | 'updatedAt'>

async function insertOrRevive(tx: StoreWriter, row: Columns & { readonly userId: number }): Promise<number> {
  const { row: stored, inserted } = await tx.certificates.insertIfAbsent(row)
  const { certificateId, userId, serialNumber } = stored
  if (inserted) return certificateId
  if (!stored.isDeleted || userId !== row.userId) {
    throw new WERR_BAD_REQUEST(`The certificate ${serialNumber} is stored already. Relinquish it first to replace it.`)
  }
  for (const { fieldName } of await tx.certificateFields.find({ userId, certificateId })) {
    await tx.certificateFields.delete({ certificateId, fieldName })
  }
  await tx.certificates.update({ certificateId }, row)
  return certificateId
}

function checkColumns(certificate: TableCertificateX): Columns {
  const { verifier } = certificate
  return {
    type: checkNoNul('type', certificate.type),
    serialNumber: checkNoNul('serialNumber', certificate.serialNumber),
    certifier: checkNoNul('certifier', certificate.certifier),
    subject: checkNoNul('subject', certificate.subject),
    verifier: verifier === undefined ? null : checkNoNul('verifier', verifier),
    revocationOutpoint: checkNoNul('revocationOutpoint', certificate.revocationOutpoint),
    signature: checkNoNul('signature', certificate.signature),
    isDeleted: false,
  }
}

function checkField(
  field: TableCertificateField,
): Pick<TableCertificateField, 'fieldName' | 'fieldValue' | 'masterKey'> {
  checkObject('fields', field)
  return {
    fieldName: checkNoNul('fieldName', field.fieldName),
    fieldValue: checkNoNul('fieldValue', field.fieldValue),
    masterKey: checkNoNul('masterKey', field.masterKey),
  }
}
