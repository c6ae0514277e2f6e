import { project } from './vitest.js'

export default project('tooling', { include: ['test/**/*.test.js'] })
