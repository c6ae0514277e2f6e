import js from '@eslint/js'
import { createProjectGraphAsync } from '@nx/devkit'
import nx from '@nx/eslint-plugin'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'
import { boundaries } from './tooling/boundaries.js'

// Nx's rule reads a cached project graph and skips itself, with a mere warning, where there is none or an old one.
await createProjectGraphAsync()

const TYPESCRIPT = ['**/*.ts', '**/*.tsx']

/** Type-aware checks that find real defects in asynchronous and tabular code; the rest is TypeScript's own work. */
const typeAwareRules = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
}

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '**/coverage/',
      '.nx/',
      '.toolchain/',
      'out/',
      'test-results/',
      '**/*.d.ts',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'txkeep/typescript',
    files: TYPESCRIPT,
    extends: [js.configs.recommended, tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...typeAwareRules,
      '@typescript-eslint/consistent-type-imports': 'error',
      // A leading underscore says that a name is there to be left out, as in `const { secret: _, ...rest } = row`.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-control-regex': 'off', // hostile text is what such patterns are for
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name each export: an index is a table of contents.' },
      ],
    },
  },
  {
    name: 'txkeep/configs',
    files: ['**/{tsup,vitest}.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    name: 'txkeep/tests',
    files: ['**/*.test.ts', '**/test/**/*.ts', 'packages/testkit/src/**/*.ts'],
    // After an assertion that a row is there, `!` says it shorter than a second check.
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  ...boundaries(nx),
  prettier,
)
