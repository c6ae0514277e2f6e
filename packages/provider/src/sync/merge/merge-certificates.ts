import type { SyncChunk } from '../../published/sync-rows.js'
import { localId, rememberId } from '../sync-map.js'
import { incoming, isNewer, noteMerged, stamps, type Merge } from './merge.js'

/** Certificates and their fields: the same serial number of the same certifier is the same certificate. */
export async function mergeCertificates(merge: Merge, chunk: SyncChunk): Promise<void> {
  const { tx, userId, map } = merge
  for (const row of incoming(merge, 'certificate', chunk.certificates)) {
    const { created_at, updated_at, certificateId: foreign, userId: _, verifier, ...given } = row
    const columns = { ...given, verifier: verifier ?? null }
    const { serialNumber, certifier, type } = row
    const same = await tx.certificates.find({ userId, serialNumber, certifier })
    const stored = same.find((one) => one.type === type) ?? same[0]
    if (stored === undefined) {
      const stamped = { createdAt: created_at, updatedAt: updated_at }
      const { certificateId } = await tx.certificates.insert({ userId, ...columns, ...stamped })
      rememberId(map, 'certificate', foreign, certificateId)
      await noteMerged(merge, 'inserted', 'certificate', [certificateId])
      continue
    }
    const { certificateId } = stored
    rememberId(map, 'certificate', foreign, certificateId)
    if (!isNewer(row, stored)) continue
    await tx.certificates.update({ certificateId }, { ...columns, updatedAt: updated_at })
    await noteMerged(merge, 'updated', 'certificate', [certificateId])
  }
  for (const row of incoming(merge, 'certificateField', chunk.certificateFields)) {
    const certificateId = localId(map, 'certificate', row.certificateId)
    const { fieldName, fieldValue, masterKey } = row
    const key = { certificateId, fieldName }
    const found = await tx.certificateFields.insertIfAbsent({ userId, ...key, fieldValue, masterKey, ...stamps(row) })
    if (found.inserted) await noteMerged(merge, 'inserted', 'certificateField', [certificateId, fieldName])
    else if (isNewer(row, found.row)) {
      await tx.certificateFields.update(key, { fieldValue, masterKey, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'certificateField', [certificateId, fieldName])
    }
  }
}
