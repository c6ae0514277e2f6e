import type { MigrationRun } from '../migration-run.js'

/** One named step of a swap. A plan can be shown before it is run. */
export interface SwapStep {
  readonly name: string
  run(): Promise<void>
}

/** Runs the steps in order inside one commit; every name is a point where the process may end without harm. */
export async function runSwap(run: MigrationRun, prefix: string, steps: readonly SwapStep[]): Promise<void> {
  for (const { name, run: work } of steps) {
    await run.step(`${prefix}:${name}`)
    await work()
  }
  await run.step(`${prefix}:before-commit`)
}
