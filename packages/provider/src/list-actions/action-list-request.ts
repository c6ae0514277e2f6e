import type { Validation } from '@bsv/sdk'
import { checkObject, checkTexts } from '../check-shape.js'
import { checkFlag, checkLimit, checkOffset, checkQueryMode } from '../list-paging.js'
import { readActionListOperation, type ActionListOperation } from './action-list-operation.js'
import { readActionTime } from './action-time.js'

/** What to show of each action, beside the action itself. */
export interface ActionIncludes {
  readonly labels: boolean
  readonly inputs: boolean
  readonly inputSourceLockingScripts: boolean
  readonly inputUnlockingScripts: boolean
  readonly outputs: boolean
  readonly outputLockingScripts: boolean
}

export interface ActionListRequest {
  /** Labels to filter by; what they say about time or an operation is taken out. */
  readonly labels: readonly string[]
  readonly labelMode: 'any' | 'all'
  readonly operation: ActionListOperation | undefined
  readonly createdFrom: Date | undefined
  readonly createdTo: Date | undefined
  readonly include: ActionIncludes
  readonly limit: number
  readonly offset: number
}

/**
 * What is asked for. Checked again although the SDK did: types end where a remote caller begins.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is nothing a list can answer.
 */
export function readActionListRequest(vargs: Partial<Validation.ValidListActionsArgs>): ActionListRequest {
  checkObject('args', vargs)
  const time = readActionTime(checkTexts('labels', vargs.labels))
  const operation = readActionListOperation(time.labels)
  return {
    labels: operation?.labels ?? time.labels,
    labelMode: checkQueryMode('labelQueryMode', vargs.labelQueryMode),
    operation,
    createdFrom: time.from,
    createdTo: time.to,
    include: {
      labels: checkFlag('includeLabels', vargs.includeLabels),
      inputs: checkFlag('includeInputs', vargs.includeInputs),
      inputSourceLockingScripts: checkFlag('includeInputSourceLockingScripts', vargs.includeInputSourceLockingScripts),
      inputUnlockingScripts: checkFlag('includeInputUnlockingScripts', vargs.includeInputUnlockingScripts),
      outputs: checkFlag('includeOutputs', vargs.includeOutputs),
      outputLockingScripts: checkFlag('includeOutputLockingScripts', vargs.includeOutputLockingScripts),
    },
    limit: checkLimit(vargs.limit),
    offset: checkOffset(vargs.offset, 0),
  }
}
