import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { comparisonTable, costTable } from './comparison-table.js'
import { compareStorages, type SizeResult } from './compare-storages.js'
import { readWalletOptions } from './wallet-options.js'

const root = resolve(import.meta.dirname, '../../../..')

/** Compares our provider with the published storage, call by call, and prints a table for each size. */
export async function benchWallet(args: readonly string[]): Promise<void> {
  const options = readWalletOptions(args)
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'txkeep-wallet-bench-'))
  mkdirSync(folder, { recursive: true })
  const say = (what: string): void => console.error(`… ${what}`)
  try {
    const results: SizeResult[] = []
    for (const actions of options.sizes) {
      const result = await compareStorages({ ...options, folder, actions, say })
      results.push(result)
      console.log(`\n## ${actions} actions, SQLite\n\n${comparisonTable(result.compared.all())}`)
      const servers = result.servers.all()
      if (servers.length > 0) console.log(`\n## ${actions} actions, ours on servers\n\n${costTable(servers)}`)
    }
    writeJson(resolve(root, options.json), results)
  } finally {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** Every repetition, for who wants more than medians. */
function writeJson(file: string, results: readonly SizeResult[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const plain = results.map(({ actions, compared, servers }) => ({
    actions,
    compared: compared.all().map(({ call, costs }) => ({ call, ...Object.fromEntries(costs) })),
    servers: servers.all().map(({ call, costs }) => ({ call, ...Object.fromEntries(costs) })),
  }))
  writeFileSync(file, `${JSON.stringify(plain, null, 2)}\n`)
}
