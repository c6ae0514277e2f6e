import { project, propertyTests } from '@txkeep/tooling/vitest'

export default project('storage-knex', propertyTests)
