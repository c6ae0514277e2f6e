import { defineConfig } from 'vitest/config'

/** For `test-engines.test.ts` alone: runs the one suite of this folder. */
export default defineConfig({ test: { include: ['*.suite.ts'] } })
