import { runSchemaCutover, type SchemaCutoverResult } from '../../knex/index.js'
import { counted, duration, grouped } from '../../report/number-text.js'
import { differenceLines } from '../coin-lines.js'
import { readBaselineP95Ms } from '../baseline-file.js'
import { agreed, DECLINED } from '../confirm.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { statsLines } from './backfill.js'

interface RunOptions {
  readonly online?: boolean
  readonly deep?: boolean
  readonly hold?: boolean
  readonly baseline?: string
}

/** The whole move. */
export const runWholeCommand: CommandDefinition = defineCommand<RunOptions>({
  name: 'run',
  description: 'the whole move: expand, capture, backfill, verify, cutover, smoke; stops at the first thing not right',
  configure: (command) => {
    command
      .option('--online', 'an application keeps writing: work in short ranges and leave it as much time in between')
      .option('--deep', 'while verifying, also let the engine check every page of the file')
      .option('--hold', 'when a smoke check fails, leave the new tables in use instead of going back')
      .option('--baseline <file>', 'the baseline preflight wrote: the hot query may not be slower than it allows')
  },
  keepsItsTimings: true,
  run: async (context, { online, deep, hold, baseline }) => {
    const { knex, signal, on, phase, database } = context
    const baselineP95Ms = baseline === undefined ? undefined : await readBaselineP95Ms(baseline)
    const question = `Move ${database} to the new schema? The legacy tables are kept, and rollback goes back.`
    if (phase !== 'cut-over' && phase !== 'finalized' && !(await agreed(question, context))) return DECLINED
    const flags = { online: online ?? false, deep: deep ?? false, hold: hold ?? false }
    const limit = baselineP95Ms === undefined ? {} : { baselineP95Ms }
    const result = await runSchemaCutover(knex, { signal, on, ...flags, ...limit })
    const { ok, wasDone, wentBack, stats, verification, swap, smoke } = result
    return {
      ok,
      facts: {
        wasDone,
        wentBack,
        ...(stats === undefined ? {} : { stats }),
        ...(verification === undefined ? {} : { coins: verification.coins }),
        ...(swap === undefined ? {} : { swap }),
        ...(smoke?.hotQuery === undefined ? {} : { hotQuery: smoke.hotQuery }),
      },
      ...(wasDone ? {} : { checks: [...(verification?.checks ?? []), ...(smoke?.checks ?? [])] }),
      ...(verification === undefined ? {} : { findings: verification.findings }),
      lines: runLines(result),
      after: [lastLine(result)],
    }
  },
})

function runLines({ wasDone, stats, verification, swap }: SchemaCutoverResult): string[] {
  if (wasDone) return []
  return [
    ...(stats === undefined ? [] : statsLines(stats).slice(0, 1)),
    ...(verification === undefined
      ? []
      : [
          `Ready to spend: ${counted(verification.coins.actualSpendable.coins, 'coin')}, ${grouped(verification.coins.actualSpendable.satoshis)} satoshis; ` +
            `wallet balance: ${counted(verification.coins.actualListed.coins, 'coin')}, ${grouped(verification.coins.actualListed.satoshis)} satoshis.`,
          ...differenceLines(verification.coins),
        ]),
    ...(swap === undefined ? [] : [`Writers were held for ${duration(swap.writersHeldMs)} at the swap.`]),
  ]
}

function lastLine({ ok, phase, wasDone, wentBack }: SchemaCutoverResult): string {
  if (wasDone) {
    return phase === 'finalized'
      ? 'This wallet is under the new schema already, and the legacy tables are gone. Nothing was done.'
      : 'This wallet was moved already. Nothing was done.'
  }
  if (ok)
    return 'Moved, and nothing was lost. The legacy tables are kept beside the new ones; txkeep-migrate rollback goes back, with everything written until then.'
  if (wentBack)
    return 'A smoke check failed, so the legacy tables have their names back. Nothing was lost; find out why before you try again.'
  return phase === 'cut-over'
    ? 'A smoke check failed, and the new tables are still in use. txkeep-migrate rollback goes back, with everything written until then.'
    : 'A comparison failed, so the names were not swapped. The legacy wallet is as it was.'
}
