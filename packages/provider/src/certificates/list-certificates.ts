import type { CertificateFieldRow, CertificateRow } from '@txkeep/core'
import type { CertificateResult, ListCertificatesResult, Validation } from '@bsv/sdk'
import { authorize } from '../auth.js'
import { checkObject } from '../check-shape.js'
import { matchOf } from '../finds/match-of.js'
import { pageOf } from '../finds/page-of.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import { CERTIFICATE_COLUMNS, certificateFilter } from './certificate-filter.js'
import { fieldsOf } from './certificate-fields.js'

/**
 * One page of the user's certificates in order of `certificateId`, relinquished ones left out, and how many there are in
 * all. Empty `certifiers` or `types` ask for every one. Source: docs/spec/wallet-storage.md §8, D36.
 */
export async function listCertificates(
  context: ProviderContext,
  auth: AuthId,
  vargs: Validation.ValidListCertificatesArgs,
): Promise<ListCertificatesResult> {
  const { limit, offset, certifiers, types } = checkObject('args', vargs)
  const page = pageOf({ paged: { limit, offset } })
  const partial = matchOf<CertificateRow>(vargs.partial ?? {}, CERTIFICATE_COLUMNS)
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const filter = certificateFilter({ ...partial, userId, isDeleted: false }, certifiers, types)
    if (filter === undefined) return { totalCertificates: 0, certificates: [] }
    const rows = await tx.certificates.find(filter, page)
    const fields = await fieldsOf(tx, userId, rows.map(idOf))
    return {
      totalCertificates: await tx.certificates.count(filter),
      certificates: rows.map((row) => toResult(row, fields.get(row.certificateId) ?? [])),
    }
  })
}

function idOf({ certificateId }: CertificateRow): number {
  return certificateId
}

function toResult(row: CertificateRow, fields: readonly CertificateFieldRow[]): CertificateResult {
  return {
    type: row.type,
    subject: row.subject,
    serialNumber: row.serialNumber,
    certifier: row.certifier,
    revocationOutpoint: row.revocationOutpoint,
    signature: row.signature,
    fields: Object.fromEntries(fields.map(({ fieldName, fieldValue }) => [fieldName, fieldValue])),
    keyring: Object.fromEntries(fields.map(({ fieldName, masterKey }) => [fieldName, masterKey])),
    ...(row.verifier === null ? {} : { verifier: row.verifier }),
  }
}
