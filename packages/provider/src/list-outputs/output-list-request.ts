import type { Validation } from '@bsv/sdk'
import { checkObject, checkTexts } from '../check-shape.js'
import { checkName } from '../check-text.js'
import { checkFlag, checkLimit, checkOffset, checkQueryMode } from '../list-paging.js'
import { readOutputListOperation, type OutputListOperation } from './output-list-operation.js'

/** What to show of each output, beside the output itself. */
export interface OutputIncludes {
  readonly lockingScripts: boolean
  readonly customInstructions: boolean
  readonly tags: boolean
  readonly labels: boolean
}

export interface OutputListRequest extends OutputListOperation {
  readonly tagMode: 'any' | 'all'
  readonly include: OutputIncludes
  readonly includeTransactions: boolean
  /** Txids the caller has already. */
  readonly knownTxids: readonly string[]
  readonly limit: number
  /** Below 0: newest first, −1 being the newest. */
  readonly offset: number
}

/**
 * What is asked for. Checked again although the SDK did: types end where a remote caller begins.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is nothing a list can answer.
 */
export function readOutputListRequest(vargs: Partial<Validation.ValidListOutputsArgs>): OutputListRequest {
  const { basket, tags } = checkObject('args', vargs)
  return {
    ...readOutputListOperation(checkName('basket', basket), checkTexts('tags', tags)),
    tagMode: checkQueryMode('tagQueryMode', vargs.tagQueryMode),
    include: {
      lockingScripts: checkFlag('includeLockingScripts', vargs.includeLockingScripts),
      customInstructions: checkFlag('includeCustomInstructions', vargs.includeCustomInstructions),
      tags: checkFlag('includeTags', vargs.includeTags),
      labels: checkFlag('includeLabels', vargs.includeLabels),
    },
    includeTransactions: checkFlag('includeTransactions', vargs.includeTransactions),
    knownTxids: checkTexts('knownTxids', vargs.knownTxids),
    limit: checkLimit(vargs.limit),
    offset: checkOffset(vargs.offset, Number.NEGATIVE_INFINITY),
  }
}
