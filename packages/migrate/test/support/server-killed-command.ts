import { openKnex } from '@txkeep/storage-knex'
import { runSchemaCutover } from '../../src/knex/index.js'

/** A whole move that ends itself with SIGKILL at a checkpoint: `server-killed-command.ts <url> <checkpoint>`. */
const [url = '', checkpoint = ''] = process.argv.slice(2)
const knex = await openKnex(url)
await runSchemaCutover(knex, {
  on: (event) => {
    if (event.type === 'checkpoint' && event.name === checkpoint) process.kill(process.pid, 'SIGKILL')
  },
})
await knex.destroy()
