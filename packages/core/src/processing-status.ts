/**
 * Every processing status a transaction can hold, in the order a transaction usually meets them.
 * Source: docs/spec/lifecycle.md §1.
 */
export const PROCESSING_STATUSES = [
  'queued',
  'sending',
  'sent',
  'seen',
  'seen_multi',
  'unconfirmed',
  'confirmed',
  'reorging',
  'invalid',
  'doubleSpend',
  'unfail',
  'frozen',
  'nosend',
  'nonfinal',
] as const

/** The processing status of a transaction, one per txid. A draft has none. */
export type ProcessingStatus = (typeof PROCESSING_STATUSES)[number]

const known: ReadonlySet<string> = new Set(PROCESSING_STATUSES)

/** Whether `text` names a processing status. Storage uses it to parse what a database holds. */
export function isProcessingStatus(text: unknown): text is ProcessingStatus {
  return typeof text === 'string' && known.has(text)
}
