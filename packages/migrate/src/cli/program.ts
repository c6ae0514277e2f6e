import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import type { CommandDefinition, GlobalOptions } from './command-definition.js'
import { COMMANDS } from './commands/index.js'
import { runCommand } from './run-command.js'

export interface ProgramEvents {
  /** Help, the version, and sentences about a wrong command line. */
  readonly print: (text: string) => void
  readonly done: (exitCode: number) => void
}

/** The command line as commander has it. It throws a `CommanderError` where commander would end the process. */
export function buildProgram({ print, done }: ProgramEvents): Command {
  const program = new Command('txkeep-migrate')
    .description(
      'Moves a legacy BSV wallet database to the txkeep schema, proves that nothing was lost, and goes back.',
    )
    .version(manifest.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .configureOutput({ writeOut: print, writeErr: print })
    .configureHelp({ sortSubcommands: false, subcommandTerm: termOf })
    .showHelpAfterError(
      'Run txkeep-migrate --help to see the commands, or txkeep-migrate <command> --help for one of them.',
    )
    .addHelpText('after', HELP_AFTER)
    .helpCommand(false)
    .exitOverride()
  for (const definition of COMMANDS) program.addCommand(commandOf(definition, done).copyInheritedSettings(program))
  return program
}

function commandOf(definition: CommandDefinition, done: (exitCode: number) => void): Command {
  const command = new Command(definition.name)
    .description(definition.description)
    .requiredOption('--db <url>', 'the database: a path or sqlite:path')
    .option('--json', 'print one JSON object on stdout instead of text')
    .option('--yes', 'answer every question with yes')
  definition.configure?.(command)
  // Commander hands over the arguments, then the options, then the command.
  return command.action(async (...handed: unknown[]) => {
    const named = command.registeredArguments.map((argument, index) => [argument.name(), handed[index]] as const)
    const options = { ...Object.fromEntries(named), ...command.opts<GlobalOptions>() }
    done(await runCommand(definition, options))
  })
}

/** `capture <start|stop|status>`. */
function termOf(command: Command): string {
  return [
    command.name(),
    ...command.registeredArguments.map((each) => `<${each.argChoices?.join('|') ?? each.name()}>`),
  ].join(' ')
}

const HELP_AFTER = `
The whole move in one command:   txkeep-migrate run --db wallet.sqlite
The way back:                    txkeep-migrate rollback --db wallet.sqlite

Exit codes: 0 done and right · 1 a check failed, or the database could not be worked on · 2 wrong usage, or no wallet this
build can move · 3 another command comes first · 4 preflight waits for an operator's answer. Nothing is ever left half-done.`
