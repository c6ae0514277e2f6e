import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import Database from 'better-sqlite3'
import { expect, test, vi } from 'vitest'

import { sqliteKnex } from './sqlite-knex.js'

test('a connection that cannot be made is an error, and nothing is printed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'txkeep-sqlite-knex-'))
  const path = join(folder, 'wallet.sqlite')
  const holder = new Database(path)
  holder.exec('create table anything (id integer); begin exclusive')
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const knex = sqliteKnex({
    path,
    readonly: false,
    maxConnections: 1,
    journalMode: 'wal',
    busyTimeoutMs: 20,
    synchronous: 'full',
    queryOnly: false,
  })
  try {
    await expect(knex.raw('select 1 from anything')).rejects.toThrow(/locked/)
    expect(printed).not.toHaveBeenCalled()
  } finally {
    printed.mockRestore()
    await knex.destroy()
    holder.close()
    rmSync(folder, { recursive: true })
  }
})
