import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type VirtualFile, codeBlocks, typeCheck } from '../src/index.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const NOT_OURS = new Set(['node_modules', '.toolchain', '.git', '.nx', 'dist', 'out'])
const LINK = /\]\((?!https?:|#|mailto:)([^)#\s]+)/g

/** Every page of the repository by its path from the root; what dependencies bring along is not ours. */
const pages = globSync('**/*.md', { cwd: root, exclude: (path) => NOT_OURS.has(basename(path)) }).map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}))

it('every relative link in the pages leads to a file', () => {
  const dead = pages.flatMap(({ path, text }) =>
    [...text.matchAll(LINK)]
      .filter(([, target = '']) => !existsSync(join(root, dirname(path), target)))
      .map(([, target]) => `${path}: ${target}`),
  )
  expect(dead).toEqual([])
})

it('every example in a README passes the type checker', { timeout: 180_000 }, () => {
  const examples = pages
    .filter(({ path }) => path.endsWith('README.md'))
    .flatMap(({ path, text }) => asFiles(path, text))
  expect(typeCheck(examples, root)).toEqual([])
})

/** Examples stand where every package can be imported. A fragment that needs its surroundings is fenced as `ts fragment`. */
function asFiles(path: string, text: string): VirtualFile[] {
  const name = path.replaceAll('/', '-').replace('.md', '')
  return codeBlocks(text).map(({ line, code }) => ({
    path: join(root, 'tools/compliance', `${name}-line-${line}.ts`),
    code: `${code}\nexport {}\n`,
  }))
}
