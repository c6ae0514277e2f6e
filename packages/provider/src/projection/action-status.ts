import type { ActionStatus } from '@bsv/sdk'
import type { ListedAction } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'

/** The status lists show of this action. One that is looked at again is still failed to its user. Source: lifecycle.md §7. */
export function actionStatus({
  processing,
  userAborted,
  isOutgoing,
}: Pick<ListedAction, 'processing' | 'userAborted' | 'isOutgoing'>): ActionStatus {
  const { transaction } = processingToLegacy(processing ?? undefined, { aborted: userAborted, isOutgoing })
  return transaction === 'unfail' ? 'failed' : transaction
}
