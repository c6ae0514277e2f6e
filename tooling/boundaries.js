import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Who may import whom, as data: `docs/DESIGN.md` draws the same table. An arrow only points down, rules may import
 * rules, and an adapter never imports an adapter. The tags stand in the `nx.tags` of each package.json.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const LAYERS = {
  contracts: [],
  rules: ['contracts', 'rules'],
  engine: ['contracts', 'rules'],
  adapter: ['contracts', 'rules'],
  product: ['contracts', 'rules', 'engine'],
  test: ['contracts', 'rules', 'engine'],
  tool: ['contracts', 'rules', 'engine', 'adapter', 'product', 'test', 'tool'],
}

/** The one adapter that a root entry of a product may build on: it asks the network anywhere, and reaches for no engine. */
const NETWORK_PORT = 'port:network'

/** What code that also runs in a browser may build on, and so on: the second dimension of the tags. */
const PLATFORMS = {
  any: ['any'],
  browser: ['any', 'browser'],
  node: ['any', 'browser', 'node'],
}

/** Packages that reach for an engine, a disk or a terminal: never part of an entry that runs anywhere. */
const NODE_PACKAGES = ['knex', 'better-sqlite3', 'pg', 'mysql2', 'commander', 'listr2', 'execa']

const SOURCES = '{packages,tools,examples}/*/src/**/*.ts'
const TESTS = ['{packages,tools,examples}/*/test/**/*.ts', '{packages,tools,examples}/*/src/**/*.test.ts']
const NODE_ENTRIES = ['knex/**/*.ts', 'cli/**/*.ts', 'cli.ts', 'cli-*.ts']

const BUILTINS_MESSAGE = 'This package runs in a browser too: leave Node to adapters, command lines and tests.'
const ENTRIES_MESSAGE = 'The root entry runs anywhere: only ./knex and ./cli may import each other and the engines.'

/**
 * The boundary rules as ESLint config blocks: for sources, for tests, and for the entries of a product that are for
 * Node alone. Nx's rule cannot see Node's own modules nor a product's inner entries, so two restrictions stand beside it.
 * @param {{ rules: Record<string, unknown> }} nxPlugin
 * @returns {import('eslint').Linter.Config[]}
 */
export function boundaries(nxPlugin) {
  const anywhere = projects().filter(({ platform }) => platform !== 'node')
  const products = projects().filter(({ layer }) => layer === 'product')
  const nodeEntries = products.flatMap(({ root }) => NODE_ENTRIES.map((entry) => `${root}/src/${entry}`))
  const nodeOnly = [...TESTS, ...nodeEntries]
  return [
    { name: 'txkeep/boundaries', files: [SOURCES], plugins: { '@nx': nxPlugin }, rules: moduleBoundaries({}) },
    {
      name: 'txkeep/boundaries/tests',
      files: TESTS,
      plugins: { '@nx': nxPlugin },
      // A test may build its world with the testkit and the tools; a product's test also on a real adapter.
      rules: moduleBoundaries({ also: ['test', 'tool'], productAlso: ['adapter'], platforms: false }),
    },
    {
      name: 'txkeep/boundaries/node-entries',
      files: nodeEntries,
      ignores: TESTS,
      plugins: { '@nx': nxPlugin },
      rules: moduleBoundaries({ productAlso: ['adapter'], platforms: false }),
    },
    {
      name: 'txkeep/runs-anywhere',
      files: anywhere.map(({ root }) => `${root}/src/**/*.ts`),
      ignores: nodeOnly,
      rules: { 'no-restricted-imports': ['error', { patterns: [nodeBuiltins(), nodePackages()] }] },
    },
    {
      name: 'txkeep/runs-anywhere/products',
      files: products.map(({ root }) => `${root}/src/**/*.ts`),
      ignores: nodeOnly,
      rules: { 'no-restricted-imports': ['error', { patterns: [nodeBuiltins(), nodePackages(), innerNodeEntries()] }] },
    },
  ]
}

/** Every tagged workspace project: `{ root, name, layer, platform }`; throws when a tag is missing or unknown. */
export function projects() {
  return ['packages', 'tools', 'examples'].flatMap((folder) =>
    readdirSync(join(workspaceRoot, folder), { withFileTypes: true })
      .map((entry) => `${folder}/${entry.name}`)
      .flatMap((root) => readProject(root)),
  )
}

export const workspaceRoot = join(dirname(fileURLToPath(import.meta.url)), '..')

function readProject(root) {
  let manifest
  try {
    manifest = JSON.parse(readFileSync(join(workspaceRoot, root, 'package.json'), 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [] // a plain folder, such as the bootstrap
    throw error
  }
  const layer = onlyTag(manifest, 'layer', LAYERS)
  const platform = onlyTag(manifest, 'platform', PLATFORMS)
  return [{ root, name: manifest.name, layer, platform }]
}

function onlyTag(manifest, dimension, allowed) {
  const tags = (manifest.nx?.tags ?? []).filter((tag) => tag.startsWith(`${dimension}:`))
  const value = tags[0]?.slice(dimension.length + 1)
  if (tags.length === 1 && Object.hasOwn(allowed, value)) return value
  const choices = Object.keys(allowed).join(', ')
  throw new Error(`${manifest.name} needs exactly one nx tag "${dimension}:…" in its package.json: one of ${choices}.`)
}

function moduleBoundaries({ also = [], productAlso = [], platforms = true }) {
  const layerConstraints = Object.entries(LAYERS).map(([layer, below]) => {
    const extra = layer === 'product' ? [...also, ...productAlso] : also
    return {
      sourceTag: `layer:${layer}`,
      onlyDependOnLibsWithTags: [
        ...[...below, ...extra].map((name) => `layer:${name}`),
        ...(layer === 'product' ? [NETWORK_PORT] : []),
      ],
    }
  })
  const platformConstraints = Object.entries(PLATFORMS).map(([platform, onto]) => ({
    sourceTag: `platform:${platform}`,
    onlyDependOnLibsWithTags: onto.map((name) => `platform:${name}`),
    ...(platform === 'node' ? {} : { bannedExternalImports: NODE_PACKAGES }),
  }))
  const options = {
    allow: [],
    depConstraints: [...layerConstraints, ...(platforms ? platformConstraints : [])],
    // A lazy import is a start-up choice here (the command line), not a promise that nobody imports it eagerly.
    checkDynamicDependenciesExceptions: ['.*'],
    enforceBuildableLibDependency: false,
  }
  return { '@nx/enforce-module-boundaries': ['error', options] }
}

function nodeBuiltins() {
  const bare =
    'assert|buffer|child_process|crypto|events|fs|http|https|net|os|path|process|stream|timers|url|util|worker_threads|zlib'
  return { regex: `^(node:.*|(${bare})(/.*)?)$`, message: BUILTINS_MESSAGE }
}

function nodePackages() {
  return { regex: `^(${NODE_PACKAGES.join('|')})(/.*)?$`, message: BUILTINS_MESSAGE }
}

function innerNodeEntries() {
  return { regex: '^\\.{1,2}/(.*/)?(knex|cli)(/.*|\\.js)$', message: ENTRIES_MESSAGE }
}
