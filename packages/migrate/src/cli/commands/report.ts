import { rename, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { InvalidParameterError } from '@txkeep/core'
import { parseDatabaseUrl } from '@txkeep/storage-knex'
import manifest from '../../../package.json' with { type: 'json' }
import { collectReport } from '../../knex/index.js'
import { headlineOf } from '../../report/headline.js'
import { renderReport } from '../../report/render-report.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { printable } from '../terminal.js'

interface ReportOptions {
  readonly db: string
  readonly html: string
}

/** Writes the page a manager can read. */
export const reportCommand: CommandDefinition = defineCommand<ReportOptions>({
  name: 'report',
  description: 'write one HTML page: what moved, coins before and after, findings, checks (reads only)',
  configure: (command) => {
    command.requiredOption('--html <file>', 'the page to write; a file that is there is replaced')
  },
  isReadonly: true,
  isUnbroken: true,
  run: async ({ knex, signal, on, database }, { html, db }) => {
    assertNotTheDatabase(html, db)
    const data = await collectReport(knex, { database: basename(database), version: manifest.version, signal, on })
    const page = renderReport(data)
    await replaceFile(html, page)
    const { title, sentence } = headlineOf(data)
    return {
      ok: true,
      facts: {
        html: resolve(html),
        bytes: Buffer.byteLength(page),
        headline: title,
        verified: data.verification?.ok ?? null,
      },
      lines: [`${title} ${sentence}`, `The page is at ${printable(resolve(html))}.`],
    }
  },
})

function assertNotTheDatabase(html: string, db: string): void {
  const parsed = parseDatabaseUrl(db)
  if (parsed.engine === 'sqlite' && resolve(parsed.path) === resolve(html)) {
    throw new InvalidParameterError('--html', html, 'another file than the database')
  }
}

/** Whole or not at all. */
async function replaceFile(file: string, text: string): Promise<void> {
  const part = `${file}.part`
  try {
    await writeFile(part, text)
    await rename(part, file)
  } catch (cause) {
    throw new InvalidParameterError(
      '--html',
      file,
      `a file that can be written (${cause instanceof Error ? cause.message : String(cause)})`,
    )
  }
}
