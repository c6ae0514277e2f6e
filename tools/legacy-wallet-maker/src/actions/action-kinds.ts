import type { WalletAction } from './action-context.js'
import { acquireCertificate, relinquishCertificate } from './certificates.js'
import { abortDraft, leaveDraft } from './drafts.js'
import { receiveProven, receiveUnproven } from './receiving.js'
import {
  abortUnsent,
  keepUnsent,
  payAnotherUser,
  sendDoublySpent,
  sendInterrupted,
  sendKeptTogether,
  sendLater,
  sendLaterInterrupted,
  sendNow,
  sendRejected,
  sendWithoutNetwork,
} from './sending.js'
import { mintLongScript, mintTokens, relinquishToken, spendToken } from './tokens.js'

/** What a wallet of the mix does. */
export type ActionKind =
  | 'sendNow'
  | 'sendLater'
  | 'sendWithoutNetwork'
  | 'sendRejected'
  | 'sendDoublySpent'
  | 'sendInterrupted'
  | 'sendLaterInterrupted'
  | 'keepUnsent'
  | 'abortUnsent'
  | 'sendKeptTogether'
  | 'payAnotherUser'
  | 'leaveDraft'
  | 'abortDraft'
  | 'receiveProven'
  | 'receiveUnproven'
  | 'mintTokens'
  | 'mintLongScript'
  | 'spendToken'
  | 'relinquishToken'
  | 'acquireCertificate'
  | 'relinquishCertificate'

/** How often each kind happens, relative to the others. A kind of weight 0 never happens. */
export type ActionMix = Readonly<Record<ActionKind, number>>

/** Every kind of action the published API can be made to leave behind. */
export const ACTIONS: Readonly<Record<ActionKind, WalletAction>> = {
  sendNow,
  sendLater,
  sendWithoutNetwork,
  sendRejected,
  sendDoublySpent,
  sendInterrupted,
  sendLaterInterrupted,
  keepUnsent,
  abortUnsent,
  sendKeptTogether,
  payAnotherUser,
  leaveDraft,
  abortDraft,
  receiveProven,
  receiveUnproven,
  mintTokens,
  mintLongScript,
  spendToken,
  relinquishToken,
  acquireCertificate,
  relinquishCertificate,
}

/** A busy wallet: mostly payments and tokens, with some of everything that goes wrong. */
export const DEFAULT_MIX: ActionMix = {
  sendNow: 24,
  sendLater: 8,
  sendWithoutNetwork: 2,
  sendRejected: 2,
  sendDoublySpent: 2,
  sendInterrupted: 1,
  sendLaterInterrupted: 1,
  keepUnsent: 3,
  abortUnsent: 2,
  sendKeptTogether: 2,
  payAnotherUser: 10,
  leaveDraft: 4,
  abortDraft: 3,
  receiveProven: 8,
  receiveUnproven: 5,
  mintTokens: 12,
  mintLongScript: 1,
  spendToken: 5,
  relinquishToken: 2,
  acquireCertificate: 2,
  relinquishCertificate: 1,
}

/** The names of all kinds, in the order of the table above. */
export const ACTION_KINDS: readonly ActionKind[] = Object.keys(ACTIONS) as ActionKind[]
