import { defineConfig } from 'tsup'

/**
 * The one build of every published package: ESM, CommonJS and types, one output file for each named entry.
 * @param {Record<string, string>} entry output name to source file, e.g. `{ index: 'src/index.ts' }`
 */
export function library(entry) {
  return defineConfig({
    entry,
    format: ['esm', 'cjs'],
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    splitting: true,
    target: 'es2023',
    outDir: 'dist',
    tsconfig: 'tsconfig.json',
  })
}
