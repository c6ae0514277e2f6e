import type { CommandDefinition } from '../command-definition.js'
import { backfillCommand } from './backfill.js'
import { captureCommand } from './capture.js'
import { contractCommand } from './contract.js'
import { cutoverCommand } from './cutover.js'
import { dropLegacyCommand } from './drop-legacy.js'
import { expandCommand } from './expand.js'
import { inspectCommand } from './inspect.js'
import { preflightCommand } from './preflight.js'
import { reportCommand } from './report.js'
import { rollbackCommand } from './rollback.js'
import { runWholeCommand } from './run.js'
import { smokeCommand } from './smoke.js'
import { soakCommand } from './soak.js'
import { statusCommand } from './status.js'
import { verifyCommand } from './verify.js'

/** Every command, in the order an operator uses them. */
export const COMMANDS: readonly CommandDefinition[] = [
  inspectCommand,
  preflightCommand,
  runWholeCommand,
  expandCommand,
  captureCommand,
  backfillCommand,
  verifyCommand,
  cutoverCommand,
  smokeCommand,
  soakCommand,
  statusCommand,
  reportCommand,
  rollbackCommand,
  contractCommand,
  dropLegacyCommand,
]
