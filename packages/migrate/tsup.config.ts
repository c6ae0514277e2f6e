import { library } from '@txkeep/tooling/tsup'

export default library({ index: 'src/index.ts', knex: 'src/knex/index.ts', cli: 'src/cli.ts' })
