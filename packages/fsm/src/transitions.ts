import type { ProcessingStatus } from '@txkeep/core'

/**
 * Every legal move that needs no evidence, one row per status: this table is the state machine. A move to the same status
 * is legal too (a refresh) and is not listed. Source: docs/spec/lifecycle.md §2.
 */
export const TRANSITIONS: Readonly<Record<ProcessingStatus, readonly ProcessingStatus[]>> = {
  queued: ['sending', 'sent', 'nosend', 'nonfinal', 'frozen', 'invalid', 'doubleSpend'],
  sending: ['queued', 'sent', 'seen', 'seen_multi', 'frozen', 'invalid', 'doubleSpend'],
  sent: ['sending', 'seen', 'seen_multi', 'unconfirmed', 'confirmed', 'frozen', 'invalid', 'doubleSpend'],
  seen: ['sending', 'seen_multi', 'unconfirmed', 'confirmed', 'reorging', 'frozen', 'invalid', 'doubleSpend'],
  seen_multi: ['sending', 'unconfirmed', 'confirmed', 'reorging', 'frozen', 'invalid', 'doubleSpend'],
  unconfirmed: ['sending', 'seen', 'seen_multi', 'confirmed', 'reorging', 'frozen', 'invalid', 'doubleSpend'],
  confirmed: ['reorging'],
  reorging: ['seen', 'seen_multi', 'unconfirmed', 'confirmed', 'frozen'],
  invalid: ['unfail'],
  doubleSpend: ['unfail'],
  unfail: ['queued', 'sending', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed', 'invalid', 'doubleSpend'],
  frozen: ['queued', 'sending', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'invalid', 'doubleSpend'],
  nosend: ['queued', 'sending', 'sent', 'seen', 'frozen', 'invalid', 'doubleSpend'],
  nonfinal: ['queued', 'sending', 'sent', 'frozen', 'invalid', 'doubleSpend'],
}

/**
 * The moves that become legal with a merkle path already checked against block headers: the other party may have had a
 * transaction mined that this wallet never broadcast. Source: docs/spec/lifecycle.md §2, second table.
 */
export const PROOF_TRANSITIONS: Readonly<Partial<Record<ProcessingStatus, readonly ProcessingStatus[]>>> = {
  queued: ['unconfirmed', 'confirmed'],
  sending: ['unconfirmed', 'confirmed'],
  nosend: ['unconfirmed', 'confirmed'],
  nonfinal: ['unconfirmed', 'confirmed'],
  frozen: ['confirmed'],
}
