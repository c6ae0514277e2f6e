import { project } from '@txkeep/tooling/vitest'

export default project('monitor')
