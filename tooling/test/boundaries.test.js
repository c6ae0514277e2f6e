import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
import { projects, workspaceRoot } from '../boundaries.js'

const NX = '@nx/enforce-module-boundaries'
const RESTRICTED = 'no-restricted-imports'

const eslint = new ESLint({
  cwd: workspaceRoot,
  // The texts below exist only in memory, so there is no program to ask for types.
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
})

/** The rules that a file of this text would break, if it stood at this path. */
async function brokenRules(filePath, text) {
  const [result] = await eslint.lintText(text, { filePath })
  return [...new Set(result.messages.map(({ ruleId, message }) => ruleId ?? message))]
}

const imports = (specifier) => `import { something } from '${specifier}'\nsomething()\n`

describe('a wrong import fails lint', () => {
  it.each([
    ['contracts import nothing above them', 'packages/core/src/a.ts', '@txkeep/lifecycle', NX],
    ['rules know no adapter', 'packages/fsm/src/a.ts', '@txkeep/storage-knex', NX],
    ['rules know no adapter, by a subpath either', 'packages/fsm/src/a.ts', '@txkeep/storage-knex/schema', NX],
    ['rules know no engine', 'packages/spendability/src/a.ts', '@txkeep/lifecycle', NX],
    ['the engine knows no adapter', 'packages/lifecycle/src/a.ts', '@txkeep/storage-knex', NX],
    ['the engine knows no product', 'packages/lifecycle/src/a.ts', '@txkeep/migrate', NX],
    ['an adapter holds queries, not the engine', 'packages/storage-knex/src/a.ts', '@txkeep/lifecycle', NX],
    ['an adapter knows no other adapter', 'packages/storage-knex/src/a.ts', '@txkeep/services', NX],
    ['services know no database', 'packages/services/src/a.ts', '@txkeep/storage-knex', NX],
    ['services know no engine', 'packages/services/src/a.ts', '@txkeep/lifecycle', NX],
    ['services run in a browser', 'packages/services/src/a.ts', 'node:http', RESTRICTED],
    ['the engine knows the network by its port alone', 'packages/lifecycle/src/a.ts', '@txkeep/services', NX],
    ['an adapter ships no testkit', 'packages/storage-knex/src/a.ts', '@txkeep/testkit', NX],
    ['the root entry of migrate runs anywhere', 'packages/migrate/src/a.ts', '@txkeep/storage-knex', NX],
    ['the verifier of migrate runs anywhere', 'packages/migrate/src/verify/a.ts', '@txkeep/storage-knex', NX],
    ['a product ships no testkit', 'packages/migrate/src/knex/a.ts', '@txkeep/testkit', NX],
    ['a product ships no tool', 'packages/migrate/src/cli/a.ts', '@txkeep/legacy-wallet-maker', NX],
    ['the testkit knows no adapter', 'packages/testkit/src/a.ts', '@txkeep/storage-knex', NX],
    ['a path into another package is no import', 'packages/fsm/src/a.ts', '../../core/src/index.js', NX],
    ['a test of rules knows no adapter', 'packages/fsm/test/a.test.ts', '@txkeep/storage-knex', NX],
    ['the root entry does not reach its own knex entry', 'packages/migrate/src/a.ts', './knex/index.js', RESTRICTED],
    ['the verifier does not reach it either', 'packages/migrate/src/verify/a.ts', '../knex/a.js', RESTRICTED],
    ['the root entry does not reach its command line', 'packages/migrate/src/a.ts', './cli.js', RESTRICTED],
    ['rules touch no disk', 'packages/fsm/src/a.ts', 'node:fs', RESTRICTED],
    ['rules touch no disk under the old name', 'packages/fsm/src/a.ts', 'fs/promises', RESTRICTED],
    ['the engine has no Buffer', 'packages/lifecycle/src/a.ts', 'node:buffer', RESTRICTED],
    ['the root entry of migrate has no Node', 'packages/migrate/src/a.ts', 'node:path', RESTRICTED],
    ['the engine holds no SQL', 'packages/lifecycle/src/a.ts', 'knex', RESTRICTED],
    ['rules hold no database', 'packages/spendability/src/a.ts', 'better-sqlite3', RESTRICTED],
    ['contracts hold no driver', 'packages/core/src/a.ts', 'pg', RESTRICTED],
    ['the root entry of migrate holds no driver', 'packages/migrate/src/a.ts', 'mysql2/promise', RESTRICTED],
  ])('%s: %s may not import %s', async (_claim, filePath, specifier, rule) => {
    expect(await brokenRules(filePath, imports(specifier))).toContain(rule)
  })

  it('an index that exports everything is no table of contents', async () => {
    const broken = await brokenRules('packages/core/src/index.ts', `export * from './rows.js'\n`)
    expect(broken).toContain('no-restricted-syntax')
  })

  it('`any` is refused', async () => {
    const broken = await brokenRules('packages/core/src/a.ts', 'export const value: any = 1\n')
    expect(broken).toContain('@typescript-eslint/no-explicit-any')
  })
})

describe('a right import passes lint', () => {
  it.each([
    ['packages/fsm/src/a.ts', '@txkeep/core'],
    ['packages/spendability/src/a.ts', '@txkeep/fsm'],
    ['packages/lifecycle/src/a.ts', '@txkeep/spendability'],
    ['packages/storage-knex/src/a.ts', '@txkeep/fsm'],
    ['packages/storage-knex/src/a.ts', 'node:fs'],
    ['packages/storage-knex/src/a.ts', 'knex'],
    ['packages/storage-knex/test/a.test.ts', '@txkeep/testkit'],
    ['packages/storage-knex/src/a.test.ts', '@txkeep/testkit'],
    ['packages/testkit/src/a.ts', '@txkeep/lifecycle'],
    ['packages/migrate/src/a.ts', '@txkeep/lifecycle'],
    ['packages/services/src/a.ts', '@txkeep/core'],
    ['packages/services/test/a.test.ts', 'node:http'],
    ['packages/migrate/src/a.ts', '@txkeep/services'],
    ['packages/migrate/src/knex/a.ts', '@txkeep/storage-knex'],
    ['packages/migrate/src/knex/a.ts', '@txkeep/storage-knex/schema'],
    ['packages/migrate/src/knex/a.ts', 'knex'],
    ['packages/migrate/src/cli.ts', './knex/index.js'],
    ['packages/migrate/src/cli/a.ts', 'node:fs'],
    ['packages/migrate/src/cli/a.ts', '@txkeep/storage-knex'],
    ['packages/migrate/test/a.test.ts', '@txkeep/legacy-wallet-maker'],
    ['packages/migrate/test/a.test.ts', '@txkeep/storage-knex'],
    ['packages/migrate/test/a.test.ts', 'node:child_process'],
    ['tools/quickstart/src/a.ts', '@txkeep/migrate'],
    ['tools/quickstart/src/a.ts', '@txkeep/migrate/knex'],
    ['tools/bench/src/a.ts', '@txkeep/legacy-wallet-maker'],
  ])('%s may import %s', async (filePath, specifier) => {
    expect(await brokenRules(filePath, imports(specifier))).toEqual([])
  })
})

it('every project says its layer and its platform, so none escapes the boundaries', () => {
  expect(projects().map(({ name }) => name)).toEqual(expect.arrayContaining(['@txkeep/core', '@txkeep/bench']))
})
