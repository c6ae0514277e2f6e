import { project, propertyTests } from '@txkeep/tooling/vitest'

export default project('migrate', propertyTests)
