import type { ContractCase } from '../contract-case.js'
import { descendantCases } from './descendants.js'
import { heldInputCases } from './held-inputs.js'
import { transitionCases } from './transitions.js'
import { unitCases } from './units.js'

/** What `TransactionService` promises on any store: each adapter proves the same sentences. */
export const transactionServiceContract: readonly ContractCase[] = [
  ...transitionCases,
  ...heldInputCases,
  ...descendantCases,
  ...unitCases,
]
