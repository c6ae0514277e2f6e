import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildProgram } from '../src/cli/program.js'

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
const program = buildProgram({ print: () => undefined, done: () => undefined })
const GLOBAL = new Set(['--db', '--json', '--yes'])

/** The part of the page under a heading of this name. */
function sectionOf(name: string): string {
  return page.split(/^###? /m).find((section) => section.startsWith(`${name}\n`)) ?? ''
}

test.each(program.commands.map((command) => [command.name(), command] as const))(
  'docs/cli.md has a section for %s with every option it takes, and no other',
  (name, command) => {
    const documented = [...sectionOf(name).matchAll(/^\| `(--[a-z-]+)/gm)].map(([, flag]) => flag)
    const taken = command.options.map(({ long }) => long).filter((flag) => flag !== undefined && !GLOBAL.has(flag))
    expect(sectionOf(name)).not.toBe('')
    expect(documented.sort()).toEqual(taken.sort())
  },
)
