import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runSchemaCutover } from '../src/knex/index.js'
import { legacyCopy, openFile, openPlain } from './support/legacy-copy.js'
import { cliProcess, parseOneObject } from './support/run-cli.js'

/** Whether a process has a file open. */
function hasOpen(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`
  if (!existsSync(folder)) return false
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(`${folder}/${descriptor}`) === file
    } catch {
      return false
    }
  })
}

test.skipIf(!existsSync('/proc/self/fd')).each(['inspect', 'preflight', 'status', 'report', 'smoke'])(
  'Ctrl-C ends %s at once, and the one JSON object says so',
  { timeout: 60_000 },
  async (command) => {
    const file = legacyCopy()
    await runSchemaCutover(await openFile(file))
    // Somebody else holds the database, so that the command is sure to be at work when the signal comes.
    openPlain(file).exec('begin exclusive')
    const answer = await cliProcess(
      [command, '--db', file, '--json', ...(command === 'report' ? ['--html', `${file}.html`] : [])],
      {
        onStart: async (child) => {
          while (child.exitCode === null && !hasOpen(child.pid ?? 0, file)) await sleep(10)
          child.kill('SIGINT')
        },
      },
    )
    expect(parseOneObject(answer.stdout)).toMatchObject({ ok: false, command, error: { code: 'ABORTED' } })
    expect(answer.exitCode).toBe(1)
  },
)
