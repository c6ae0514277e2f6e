import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Keeps what vitest's JSON report leaves out: how the run ended, and every error that belongs to no test (a worker that crashed, a
 * rejection nobody handled, an error after the last test). Written when the process ends, so a run without this file was killed.
 * @implements {import('vitest/reporters').Reporter}
 */
export class OutcomeReporter {
  #outputFile
  /** @type {string[]} */
  #errors = []

  /** @param {string} outputFile where `{ exitCode, errors }` goes */
  constructor(outputFile) {
    this.#outputFile = outputFile
  }

  onInit() {
    mkdirSync(dirname(this.#outputFile), { recursive: true })
    rmSync(this.#outputFile, { force: true })
    process.once('exit', (exitCode) => {
      writeFileSync(this.#outputFile, JSON.stringify({ exitCode, errors: this.#errors }))
    })
  }

  /**
   * @param {readonly unknown[]} _modules
   * @param {readonly import('vitest').SerializedError[]} unhandledErrors
   */
  onTestRunEnd(_modules, unhandledErrors) {
    this.#errors = unhandledErrors.map(sentenceOf)
  }

  onProcessTimeout() {
    this.#errors.push('the run did not end by itself: something still holds a handle, a server or a timer')
  }
}

/** The message with those of its causes: a crashed worker names its test file only there. */
function sentenceOf(error) {
  const cause = error.cause === undefined || error.cause === null ? '' : `: ${sentenceOf(error.cause)}`
  return `${error.message ?? String(error)}${cause}`
}
