export { describeOnEngines } from './describe-on-engines.js'
export { sqliteDatabase, sqliteTestEngine } from './sqlite-test-engine.js'
export { testEngines } from './test-engines.js'
export type { EngineName, TestDatabase, TestEngine } from './test-engine.js'
