import type { ContractCase } from '../contract-case.js'
import { abortingCases } from './aborting.js'
import { beefCases } from './beefs.js'
import { broadcastCases } from './broadcasts.js'
import { coinCases } from './coins.js'
import { creatingCases } from './creating.js'
import { descendantCases } from './descendants.js'
import { draftCases } from './drafts.js'
import { heldInputCases } from './held-inputs.js'
import { lookUpCases } from './look-ups.js'
import { proofCases } from './proofs.js'
import { randomSequenceCases } from './random-sequences.js'
import { reorgCases } from './reorgs.js'
import { transitionCases } from './transitions.js'
import { unitCases } from './units.js'

/** What `TransactionService` promises on any store: each adapter proves the same sentences. */
export const transactionServiceContract: readonly ContractCase[] = [
  ...transitionCases,
  ...heldInputCases,
  ...descendantCases,
  ...unitCases,
  ...proofCases,
  ...reorgCases,
  ...broadcastCases,
  ...creatingCases,
  ...draftCases,
  ...abortingCases,
  ...beefCases,
  ...coinCases,
  ...lookUpCases,
  ...randomSequenceCases,
]
