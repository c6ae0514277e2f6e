// The monitor
export { Monitor, type MonitorOptions } from './monitor.js'
export {
  LeasedMonitorTask,
  type LeasedMonitorTaskOptions,
  type LeasedRun,
  type RunOutcome,
} from './leased-monitor-task.js'
export type { MonitorTask, TaskContext, TaskResult } from './monitor-task.js'
export { LEASE_TIMING, type LeaseTiming } from './lease-keeper.js'
export { systemTimers, type Timers } from './timers.js'

// Our tasks
export { defaultTasks, type DefaultTasksOptions } from './tasks/index.js'
