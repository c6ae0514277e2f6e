import type { CertificateRow } from '@txkeep/core'
import { assertOwnRow, authorize } from '../auth.js'
import { checkObject } from '../check-shape.js'
import { fieldsOf } from '../certificates/certificate-fields.js'
import { CERTIFICATE_COLUMNS, certificateFilter } from '../certificates/certificate-filter.js'
import { toTableCertificate, toTableCertificateField } from '../projection/rows.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId, FindCertificatesArgs } from '../published/arguments.js'
import type { TableCertificateX } from '../published/rows.js'
import { matchOf } from './match-of.js'
import { pageOf, takePage } from './page-of.js'

/** The user's certificates that match, relinquished ones too, in order of `certificateId`; with `fields` when asked for. */
export async function findCertificates(
  context: ProviderContext,
  auth: AuthId,
  args: FindCertificatesArgs,
): Promise<TableCertificateX[]> {
  const match = matchOf<CertificateRow>(checkObject('args', args).partial, CERTIFICATE_COLUMNS)
  const page = pageOf(args)
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    assertOwnRow(userId, args.partial)
    const filter = certificateFilter({ ...match, userId }, args.certifiers, args.types)
    if (filter === undefined) return []
    const rows = takePage(await tx.certificates.find(filter, page), args)
    if (args.includeFields !== true) return rows.map(toTableCertificate)
    const fields = await fieldsOf(
      tx,
      userId,
      rows.map((row) => row.certificateId),
    )
    return rows.map((row) => ({
      ...toTableCertificate(row),
      fields: (fields.get(row.certificateId) ?? []).map(toTableCertificateField),
    }))
  })
}
