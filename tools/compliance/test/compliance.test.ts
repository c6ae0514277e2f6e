import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkCompliance, checkDefects, parseCompliance, parseDefects, testTitles } from '../src/index.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

/** Name to folder of every project that could hold a proof. */
const folders = new Map(
  ['packages', 'tools'].flatMap((group) =>
    readdirSync(`${root}/${group}`).map((name): [string, string] => [name, `${root}/${group}/${name}`]),
  ),
)

const collected = new Map<string, Promise<string[]>>()

/** Titles of the tests of each of these projects; collecting them takes seconds, so each is asked once. */
async function titlesOf(
  rows: readonly { readonly proofs: readonly { readonly project: string }[] }[],
): Promise<Map<string, string[]>> {
  const titles = new Map<string, string[]>()
  for (const project of new Set(rows.flatMap(({ proofs }) => proofs.map((proof) => proof.project)))) {
    const folder = folders.get(project)
    const known = collected.get(project) ?? (folder === undefined ? Promise.resolve([]) : testTitles(folder))
    collected.set(project, known)
    titles.set(project, await known)
  }
  return titles
}

it('every rule of the lifecycle page is proved by tests that exist', { timeout: 300_000 }, async () => {
  const compliance = read('docs/compliance.md')
  const titles = await titlesOf(parseCompliance(compliance))
  const input = { specification: read('docs/spec/lifecycle.md'), compliance, titles, projects: new Set(folders.keys()) }
  expect(checkCompliance(input)).toEqual([])
})

it('every defect of the published code has a test that ours has none', { timeout: 300_000 }, async () => {
  const defects = read('docs/published-defects.md')
  const titles = await titlesOf(parseDefects(defects))
  expect(checkDefects({ specification: read('docs/spec/wallet-storage.md'), defects, titles })).toEqual([])
})
