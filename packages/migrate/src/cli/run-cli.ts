import { CommanderError } from 'commander'
import { answerWith } from './answer.js'
import { EXIT } from './exit-code.js'
import { buildProgram } from './program.js'

/**
 * Runs one command line (without `node` and the script) and returns the exit code. It never throws: with `--json` even a wrong
 * option is answered by one JSON object on stdout.
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json')
  const printed: string[] = []
  let exitCode: number = EXIT.done
  const program = buildProgram({
    print: (text) => printed.push(text),
    done: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    const command = commandNamed(argv, new Set(program.commands.map((known) => known.name())))
    const text = printed.join('').trimEnd()
    const isAnswer = error instanceof CommanderError && error.exitCode === 0
    if (isAnswer) {
      process.stdout.write(
        json ? `${JSON.stringify({ ok: true, command, phase: null, durationMs: 0, text })}\n` : `${text}\n`,
      )
      return EXIT.done
    }
    return answerWith({
      command,
      phase: null,
      durationMs: 0,
      json,
      outcome: { ok: false, exitCode: EXIT.usage },
      // Commander wrote its sentence before it threw; without a command that sentence is the whole help.
      error: error instanceof CommanderError ? new CommanderError(error.exitCode, error.code, text) : error,
    })
  }
}

/** The command a wrong command line most likely meant, for the answer. */
function commandNamed(argv: readonly string[], known: ReadonlySet<string>): string | null {
  return argv.find((word) => known.has(word)) ?? null
}
