import type { Telemetry } from '@txkeep/core'
import type { MonitorTask } from '../monitor-task.js'
import { abandonTask } from './abandon.js'
import { frozenReviewTask } from './frozen-review.js'
import { headerTask } from './header.js'
import { maturityTask } from './maturity.js'
import { nonfinalTask } from './nonfinal.js'
import { nosendTask } from './nosend.js'
import { proofTask, type ProofTaskOptions } from './proof.js'
import { releaseInputsTask } from './release-inputs.js'
import { reorgTask } from './reorg.js'
import { reviewDoubleSpendTask } from './review-double-spend.js'
import { reviewUtxoTask } from './review-utxo.js'
import { sendTask } from './send.js'
import { unfailTask } from './unfail.js'

export interface DefaultTasksOptions extends ProofTaskOptions {
  /** How long a new best block must stay the best before it counts, in ms. Default one minute. */
  readonly settleMs?: number
  readonly telemetry?: Telemetry
}

/** Every task, in an order in which what wakes others comes first. */
export function defaultTasks(options: DefaultTasksOptions = {}): readonly MonitorTask[] {
  return [
    headerTask(options),
    reorgTask,
    maturityTask(options),
    nonfinalTask,
    sendTask,
    proofTask(options),
    nosendTask,
    frozenReviewTask,
    reviewDoubleSpendTask,
    unfailTask,
    abandonTask,
    releaseInputsTask,
    reviewUtxoTask,
  ]
}
