import { library } from '@txkeep/tooling/tsup'

export default library({ index: 'src/index.ts' })
