import type { Knex } from 'knex'
import type { MigrationEvent } from '../../migration-event.js'
import type { ReportTiming } from '../../report/report-data.js'
import { recordTimings } from './timings.js'

/** Remembers how long each step of a command took, so that a report made later can tell. */
export class StepTimings {
  readonly #titles: Map<string, string> = new Map()
  readonly #timings: ReportTiming[] = []
  readonly #startedAt: number = performance.now()

  hear(event: MigrationEvent): void {
    if (event.type === 'step-started') this.#titles.set(event.step, event.title)
    if (event.type !== 'step-finished') return
    const step = TITLES[event.step] ?? this.#titles.get(event.step) ?? event.step
    this.#timings.push({ step, durationMs: Math.round(event.durationMs), count: event.count })
  }

  /**
   * Keeps them in the database. A command that told of no steps counts as one, unless it found its work done. A database too
   * busy for this note loses only the note.
   */
  async save(knex: Knex, command: string, { hasWorked }: { readonly hasWorked: boolean }): Promise<void> {
    const whole = { step: TITLES[command] ?? command, durationMs: Math.round(performance.now() - this.#startedAt) }
    const timings = this.#timings.length > 0 ? this.#timings : hasWorked ? [{ ...whole, count: undefined }] : []
    await recordTimings(knex, timings).catch(() => undefined)
  }
}

/** How a report calls commands that are one step. */
const TITLES: Readonly<Record<string, string>> = {
  expand: 'Make the new tables',
  'capture start': 'Begin to follow the application',
  verify: 'Compare everything',
  smoke: 'Try the new tables out',
}
