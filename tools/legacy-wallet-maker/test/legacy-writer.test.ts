import BetterSqlite3 from 'better-sqlite3'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type MadeBulkLegacyDatabase, makeBulkLegacyDatabase, type WriteRecord } from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

type Line = { event: 'ready' } | ({ event: 'write' } & WriteRecord) | { event: 'stopped'; writes: number }

const folder = temporaryFolder()
let made: MadeBulkLegacyDatabase

beforeAll(async () => {
  made = await makeBulkLegacyDatabase({ file: join(folder, 'wallet.sqlite'), transactions: 400, users: 2, seed: 3 })
})

describe('the legacy writer', () => {
  it('says what it committed, one JSON line per write, and all of it is in the database', async () => {
    const { lines, code } = await run(['--count', '25'])
    const writes = lines.filter((line) => line.event === 'write')
    expect(code).toBe(0)
    expect(lines[0]).toMatchObject({ event: 'ready' })
    expect(lines.at(-1)).toEqual({ event: 'stopped', writes: 25 })
    expect(writes.filter(({ ok }) => !ok)).toEqual([])
    expect(writes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))

    const database = new BetterSqlite3(made.file, { readonly: true })
    const actions = writes.flatMap((write) => write.actions)
    expect(actions.length).toBeGreaterThan(15)
    for (const { transactionId, reference, txid, outputIds, spentOutputIds } of actions) {
      expect(
        database.prepare('select reference, txid from transactions where transactionId = ?').get(transactionId),
      ).toEqual({ reference, txid })
      const outputs = database.prepare('select outputId from outputs where transactionId = ? order by outputId').pluck()
      expect(outputs.all(transactionId)).toEqual(outputIds)
      expect(spentOutputIds).toEqual(expect.any(Array))
    }
    database.close()
  })

  it('stops after the write at hand when it is told to', async () => {
    const { lines, code } = await run([], (child, line) => {
      if (line.event === 'write' && line.sequence === 3) child.kill('SIGTERM')
    })
    expect(code).toBe(0)
    const last = lines.at(-1)
    expect(last).toMatchObject({ event: 'stopped' })
    expect(lines.filter(({ event }) => event === 'write')).toHaveLength(last?.event === 'stopped' ? last.writes : -1)
  })

  it('reports a write that fails, and goes on', async () => {
    const blocker = new BetterSqlite3(made.file)
    blocker.exec("create trigger refuse before insert on transactions begin select raise(abort, 'moved away'); end")
    const { lines, code } = await run(['--count', '6', '--seed', '2'])
    blocker.exec('drop trigger refuse')
    blocker.close()
    const failed = lines.filter((line) => line.event === 'write').filter(({ ok }) => !ok)
    expect(code).toBe(0)
    expect(failed.length).toBeGreaterThan(3)
    expect(failed[0]?.error).toContain('moved away')
  })
})

async function run(
  args: readonly string[],
  onLine: (child: ChildProcess, line: Line) => void = () => undefined,
): Promise<{ lines: Line[]; code: number | null }> {
  const script = fileURLToPath(new URL('../src/legacy-writer.ts', import.meta.url))
  const wallet = ['--file', made.file, '--chain-file', made.chainFile, '--root-key', made.users[0]?.rootKeyHex ?? '']
  const child = spawn(
    process.execPath,
    ['--conditions=@txkeep/source', '--import', 'tsx', script, ...wallet, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const lines: Line[] = []
  const exited = once(child, 'exit') as Promise<[number | null]>
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line
    lines.push(line)
    onLine(child, line)
  }
  const [code] = await exited
  return { lines, code }
}
