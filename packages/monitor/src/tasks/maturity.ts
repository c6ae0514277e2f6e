import { METRICS, silentTelemetry, type Telemetry } from '@txkeep/core'
import type { MonitorTask } from '../monitor-task.js'

/** Recomputes what waits for a height, in both directions. A new tip does so itself; this finds what it missed. */
export function maturityTask({ telemetry = silentTelemetry }: { readonly telemetry?: Telemetry } = {}): MonitorTask {
  return {
    name: 'maturity',
    everyMs: 600_000,
    async run({ service }) {
      const { examined, flipped } = await service.refreshOutputsSpendable({ coinbaseOnly: true })
      telemetry.count(METRICS.spendableFlips, flipped, { task: 'maturity' })
      return { facts: { examined, flipped } }
    },
  }
}
