import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkCompliance, parseCompliance, testTitles } from '../src/index.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

/** Name to folder of every project that could hold a proof. */
const folders = new Map(
  ['packages', 'tools'].flatMap((group) =>
    readdirSync(`${root}/${group}`).map((name): [string, string] => [name, `${root}/${group}/${name}`]),
  ),
)

it('every rule of the lifecycle page is proved by tests that exist', { timeout: 300_000 }, async () => {
  const compliance = read('docs/compliance.md')
  const named = new Set(parseCompliance(compliance).flatMap(({ proofs }) => proofs.map(({ project }) => project)))
  const titles = new Map<string, string[]>()
  for (const project of named) {
    const folder = folders.get(project)
    titles.set(project, folder === undefined ? [] : await testTitles(folder))
  }
  const input = { specification: read('docs/spec/lifecycle.md'), compliance, titles, projects: new Set(folders.keys()) }
  expect(checkCompliance(input)).toEqual([])
})
