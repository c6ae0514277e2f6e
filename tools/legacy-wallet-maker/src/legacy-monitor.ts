import type { FaultyServices } from './faulty-services.js'
import { Monitor, type WalletStorageManager } from './toolbox.js'

/** The published monitor, run by hand: one task at a time, when the maker says so. */
export interface LegacyMonitor {
  /** Mines a block of everything broadcast so far. */
  mine: () => Promise<void>
  /** Runs the published task that collects merkle proofs of mined transactions. */
  collectProofs: () => Promise<void>
}

/** The published monitor over a user's storage manager. It works on the requests of every user of the store. */
export function legacyMonitor(manager: WalletStorageManager, services: FaultyServices): LegacyMonitor {
  const monitor = new Monitor({
    chain: 'mock',
    services,
    storage: manager,
    chaintracks: services.tracker,
    msecsWaitPerMerkleProofServiceReq: 0,
    taskRunWaitMsecs: 0,
    abandonedMsecs: Monitor.oneDay,
    unprovenAttemptsLimitTest: 100,
    unprovenAttemptsLimitMain: 144,
    maxRebroadcastAttempts: 3,
  })
  monitor.addAllTasksToOther()

  return {
    mine: async () => {
      await services.mineBlock()
    },
    collectProofs: async () => {
      monitor.lastNewHeader = await services.tracker.findChainTipHeader()
      const log = await monitor.runTask('CheckForProofs')
      await monitor.logEvent('CheckForProofs', log.slice(0, 200))
    },
  }
}
