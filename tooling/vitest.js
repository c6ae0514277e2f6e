import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { OutcomeReporter } from './outcome-reporter.js'

/** Workspace imports resolve to sources, so that tests never run against a stale build. */
const conditions = ['@txkeep/source', 'module', 'node', 'development|production']

/** Where each project leaves its counts and how it ended, for `.ci/run`, which adds them up. */
const results = join(dirname(fileURLToPath(import.meta.url)), '..', 'test-results')

/** For a project with property tests: every run draws the same cases, unless `TXKEEP_RANDOM_SEED` asks for others. */
export const propertyTests = { setupFiles: [join(dirname(fileURLToPath(import.meta.url)), 'random-seed.js')] }

/**
 * The one test setup of every project: unit tests beside the code, engine and end-to-end tests under `test/`.
 * @param {string} name the project's name in reports: its package name without the scope
 * @param {import('vitest/config').ViteUserConfig['test']} [overrides] what this project needs differently
 */
export function project(name, overrides = {}) {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      environment: 'node',
      // A task runner asks its children for colours; a test that reads what a process prints wants none.
      env: { FORCE_COLOR: '0' },
      reporters: [
        'default',
        ['json', { outputFile: join(results, `${name}.json`) }],
        new OutcomeReporter(join(results, `${name}.outcome.json`)),
      ],
      // Ends what hangs; a loaded machine may take its time.
      testTimeout: 180_000,
      hookTimeout: 180_000,
      ...overrides,
    },
  })
}
