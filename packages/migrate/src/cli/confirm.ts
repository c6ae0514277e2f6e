import { createInterface } from 'node:readline/promises'
import { InvalidParameterError } from '@txkeep/core'
import type { CommandOutcome } from './command-outcome.js'

/** The answer to a command whose question was answered with no. */
export const DECLINED: CommandOutcome = {
  ok: false,
  facts: { declined: true },
  lines: ['Not done, as you said. Nothing was changed.'],
}

/** Whether a person at a terminal agrees. `--yes` and scripts, which have no terminal, agree without being asked. */
export async function agreed(question: string, options: { readonly yes: boolean }): Promise<boolean> {
  return options.yes || !process.stdin.isTTY || (await ask(question))
}

/**
 * Whether a person said yes; for what cannot be undone. Only `--yes` answers for them.
 *
 * @throws {InvalidParameterError} if nobody can be asked: no terminal, and no `--yes`.
 */
export async function confirmed(question: string, options: { readonly yes: boolean }): Promise<boolean> {
  if (options.yes) return true
  if (!process.stdin.isTTY)
    throw new InvalidParameterError('--yes', 'missing', 'given when no terminal is there to ask')
  return await ask(question)
}

/** Ctrl-C at a question is a no. */
async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const interruption = new AbortController()
  terminal.on('SIGINT', () => interruption.abort())
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal: interruption.signal })).trim())
  } catch (error) {
    if (interruption.signal.aborted) return false
    throw error
  } finally {
    terminal.close()
  }
}
