import { SingleBar } from 'cli-progress'
import type { MigrationEvent } from '../migration-event.js'
import { duration, grouped } from '../report/number-text.js'
import { printable } from './terminal.js'

/** Shows what a running command does, on stderr: a bar for each step on a terminal, a line for each step elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  #bar: SingleBar | undefined
  /** Whether the cursor stands behind the title of a step that nobody can measure. */
  #hasOpenLine = false
  readonly #titles = new Map<string, string>()

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(event: MigrationEvent): void {
    switch (event.type) {
      case 'step-started':
        return this.#start(event.step, event.title, event.total)
      case 'step-progress':
        this.#bar?.update(event.done)
        return
      case 'step-finished':
        return this.#finish(event.step, event.durationMs, event.count)
      case 'phase-changed':
        return this.#line(`  phase: ${event.from} → ${event.to}`)
      case 'checkpoint':
        return
      case 'note':
        return this.#line(`  ${printable(event.text)}`)
    }
  }

  /** Takes the bar off the screen, so that whatever is printed next stands on a line of its own. */
  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
    this.#clearLine()
  }

  #start(step: string, title: string, total: number | undefined): void {
    this.stop()
    this.#titles.set(step, title)
    if (!this.#stream.isTTY) return
    if (total === undefined || total === 0) {
      this.#stream.write(`  … ${title}`)
      this.#hasOpenLine = true
      return
    }
    this.#bar = new SingleBar({
      stream: this.#stream,
      format: `  ${title} {bar} {percentage}% · {value}/{total} · {eta_formatted} left`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
      linewrap: false,
    })
    this.#bar.start(total, 0)
  }

  #finish(step: string, durationMs: number, count: number | undefined): void {
    this.stop()
    const rows = count === undefined ? '' : `: ${grouped(count)}`
    this.#line(`  ✓ ${this.#titles.get(step) ?? step}${rows} (${duration(durationMs)})`)
  }

  #clearLine(): void {
    if (this.#hasOpenLine && this.#stream.isTTY) this.#stream.write('\r\u001b[K')
    this.#hasOpenLine = false
  }

  #line(text: string): void {
    this.#hasOpenLine ||= this.#bar !== undefined
    this.#clearLine()
    this.#stream.write(`${text}\n`)
  }
}
