import type { ProcessingStatus } from '@txkeep/core'
import { canTransition, mostAdvanced } from '@txkeep/fsm'

export type StatusAdvice =
  | { readonly do: 'nothing' }
  /** Moves to make one after the other. */
  | { readonly do: 'move'; readonly through: readonly ProcessingStatus[] }
  /** Ours failed and theirs lives: the network decides. */
  | { readonly do: 'unfail' }
  /** Theirs failed and ours lives: nothing changes, the network is asked. */
  | { readonly do: 'look-up' }

/**
 * What another store's status means for ours. It is advice: no coin changes hands on it alone. Progress needs no clock; a word
 * against ours counts only when it is newer. Source: docs/spec/wallet-storage.md §13, D18.
 */
export function statusAdvice(ours: ProcessingStatus, theirs: ProcessingStatus, isNewer: boolean): StatusAdvice {
  if (ours === theirs) return NOTHING
  if (hasFailed(ours)) return !hasFailed(theirs) && theirs !== 'frozen' && isNewer ? { do: 'unfail' } : NOTHING
  if (hasFailed(theirs)) return isNewer ? { do: 'look-up' } : NOTHING
  if (mostAdvanced([ours, theirs]) !== theirs) return NOTHING
  if ((ours === 'frozen' || ours === 'unfail') && !isNewer) return NOTHING
  if (canTransition(ours, theirs)) return { do: 'move', through: [theirs] }
  return canTransition(ours, 'sent') && canTransition('sent', theirs)
    ? { do: 'move', through: ['sent', theirs] }
    : NOTHING
}

const NOTHING: StatusAdvice = { do: 'nothing' }

function hasFailed(processing: ProcessingStatus): boolean {
  return processing === 'invalid' || processing === 'doubleSpend'
}
