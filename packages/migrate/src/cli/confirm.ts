import { createInterface } from 'node:readline/promises'
import { InvalidParameterError } from '@txkeep/core'

/**
 * Whether a person said yes. `--yes` answers for them.
 *
 * @throws {InvalidParameterError} if nobody can be asked: no terminal, and no `--yes`.
 */
export async function confirm(question: string, options: { readonly yes: boolean }): Promise<boolean> {
  if (options.yes) return true
  if (!process.stdin.isTTY)
    throw new InvalidParameterError('--yes', 'missing', 'given when no terminal is there to ask')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
