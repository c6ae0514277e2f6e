import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LiveWriterResult } from './live-writer.js'
import { type Move, measureMove } from './measure-move.js'

/** A move while a legacy application keeps writing, and what that application lived through. */
export interface OnlineMove {
  readonly move: Move
  readonly writer: LiveWriterResult
}

const WRITER = fileURLToPath(new URL('./live-writer.ts', import.meta.url))
const WRITER_PAUSE_MS = 10

/** Moves a database in WAL mode under a writer that commits a draft every 10 ms or so until the fence refuses it. */
export async function measureOnline(database: string): Promise<OnlineMove> {
  const connection = new Database(database)
  connection.pragma('journal_mode = WAL')
  connection.close()
  const result = `${database}.writer.json`
  const args = ['--conditions=@txkeep/source', '--import', 'tsx', WRITER, database, result, String(WRITER_PAUSE_MS)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'close')
  try {
    const move = await measureMove(database, { online: true })
    child.kill('SIGTERM')
    await ended
    return { move, writer: JSON.parse(readFileSync(result, 'utf8')) as LiveWriterResult }
  } finally {
    child.kill('SIGTERM')
  }
}
