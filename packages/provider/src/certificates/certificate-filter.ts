import type { CertificateRow, Match } from '@txkeep/core'
import { checkTexts } from '../check-shape.js'
import type { FilterColumns } from '../finds/match-of.js'

/**
 * The filter for certificates of some certifiers and types beside `match`; an empty list asks for every one. Undefined when the two
 * contradict each other, so that nothing can match.
 */
export function certificateFilter(
  match: Partial<CertificateRow>,
  certifiers: readonly string[] | undefined,
  types: readonly string[] | undefined,
): Match<CertificateRow> | undefined {
  const certifier = oneOf(match.certifier, checkTexts('certifiers', certifiers))
  const type = oneOf(match.type, checkTexts('types', types))
  if (certifier?.length === 0 || type?.length === 0) return undefined
  return { ...match, ...(certifier === undefined ? {} : { certifier }), ...(type === undefined ? {} : { type }) }
}

/** Values that satisfy both; undefined where neither says anything. */
function oneOf(exact: string | undefined, allowed: readonly string[]): readonly string[] | undefined {
  if (exact === undefined) return allowed.length === 0 ? undefined : allowed
  return allowed.length === 0 || allowed.includes(exact) ? [exact] : []
}

/** Columns a caller may filter certificates by. */
export const CERTIFICATE_COLUMNS: FilterColumns<CertificateRow> = {
  certificateId: 'number',
  userId: 'number',
  type: 'text',
  serialNumber: 'text',
  certifier: 'text',
  subject: 'text',
  verifier: 'text',
  revocationOutpoint: 'text',
  signature: 'text',
  isDeleted: 'boolean',
  createdAt: 'date',
  updatedAt: 'date',
}
