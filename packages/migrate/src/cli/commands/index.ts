import type { CommandDefinition } from '../command-definition.js'
import { captureCommand } from './capture.js'
import { expandCommand } from './expand.js'
import { inspectCommand } from './inspect.js'
import { reportCommand } from './report.js'
import { statusCommand } from './status.js'

/** Every command, in the order an operator uses them. */
export const COMMANDS: readonly CommandDefinition[] = [
  inspectCommand,
  expandCommand,
  captureCommand,
  statusCommand,
  reportCommand,
]
