import type { ContractCase } from '../contract-case.js'
import { actionListCases } from './action-lists.js'
import { actionCases } from './actions.js'
import { auditCases } from './audit.js'
import { chainTipCases } from './chain-tip.js'
import { entityCases } from './entities.js'
import { entityTableCases } from './entity-tables.js'
import { leaseGuardCases } from './lease-guards.js'
import { leaseCases } from './leases.js'
import { lockedCoinCases } from './locked-coins.js'
import { longListCases } from './long-lists.js'
import { outputClaimCases } from './output-claims.js'
import { outputFindCases } from './output-finds.js'
import { outputListCases } from './output-lists.js'
import { outputCases } from './outputs.js'
import { refreshSpendableCases } from './refresh-spendable.js'
import { refreshTruthTableCases } from './refresh-truth-table.js'
import { spendableOutputCases } from './spendable-outputs.js'
import { storedValueCases } from './stored-values.js'
import { syncCases } from './sync.js'
import { taskQueryCases } from './task-queries.js'
import { taskCases } from './tasks.js'
import { transactionChangeCases } from './transaction-changes.js'
import { transactionCases } from './transactions.js'
import { unitOfWorkCases } from './units-of-work.js'

/**
 * What every `Store` must do, on every engine: the docstrings of the port, sentence by sentence. Each case gets a database
 * of its own from `makeStore`.
 *
 * @example
 * for (const claim of storeContract) it(claim.name, (context) => claim.run(makeStore, context))
 */
export const storeContract: readonly ContractCase[] = [
  ...unitOfWorkCases,
  ...entityCases,
  ...entityTableCases,
  ...transactionCases,
  ...transactionChangeCases,
  ...actionCases,
  ...actionListCases,
  ...outputCases,
  ...outputFindCases,
  ...outputListCases,
  ...spendableOutputCases,
  ...outputClaimCases,
  ...lockedCoinCases,
  ...refreshSpendableCases,
  ...refreshTruthTableCases,
  ...auditCases,
  ...chainTipCases,
  ...leaseCases,
  ...leaseGuardCases,
  ...taskCases,
  ...taskQueryCases,
  ...storedValueCases,
  ...longListCases,
  ...syncCases,
]
