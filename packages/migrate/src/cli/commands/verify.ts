import { markVerified, verifyMigration } from '../../knex/index.js'
import { counted, grouped } from '../../report/number-text.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutNext } from '../phase-sentences.js'
import { differenceLines } from '../coin-lines.js'

interface VerifyOptions {
  readonly deep?: boolean
}

/** Compares every row, and lets the cutover begin when all is right. */
export const verifyCommand: CommandDefinition = defineCommand<VerifyOptions>({
  name: 'verify',
  description: 'compare every row and every coin of both schemas; changes nothing but the phase',
  configure: (command) => {
    command.option('--deep', 'also let the engine check every page of the file and every reference')
  },
  run: async ({ knex, signal, on }, { deep }) => {
    const began = performance.now()
    const report = await verifyMigration(knex, { signal, on, deep: deep ?? false })
    await on({ type: 'step-finished', step: 'verify', durationMs: performance.now() - began })
    if (report.ok) await markVerified(knex, { signal, on })
    const { checks, findings, coins, stats, pending } = report
    return {
      ok: report.ok,
      facts: { stats, coins, pending },
      checks,
      findings,
      lines: [
        `Ready to spend: ${counted(coins.actualSpendable.coins, 'coin')}, ${grouped(coins.actualSpendable.satoshis)} satoshis; ` +
          `wallet balance: ${counted(coins.actualListed.coins, 'coin')}, ${grouped(coins.actualListed.satoshis)} satoshis.`,
        ...differenceLines(coins),
        ...(pending ? ['Some writes of the application wait to be followed; the rows they touch were left out.'] : []),
      ],
      after: [
        report.ok
          ? sentenceAboutNext(report.phase === 'backfilled' ? 'verified' : report.phase)
          : 'Do not go on before each difference is explained. Nothing was changed.',
      ],
    }
  },
})
