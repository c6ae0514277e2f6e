import type { CertificateFieldRow, StoreReader } from '@txkeep/core'

/** The fields of each of these certificates of the user, by `certificateId`. */
export async function fieldsOf(
  tx: Pick<StoreReader, 'certificateFields'>,
  userId: number,
  certificateIds: readonly number[],
): Promise<ReadonlyMap<number, readonly CertificateFieldRow[]>> {
  const byCertificate = new Map<number, CertificateFieldRow[]>(certificateIds.map((id) => [id, []]))
  if (certificateIds.length === 0) return byCertificate
  for (const field of await tx.certificateFields.find({ userId, certificateId: certificateIds })) {
    byCertificate.get(field.certificateId)?.push(field)
  }
  return byCertificate
}
