import { publicSurface } from '@txkeep/tooling/exports'
import { expect, it } from 'vitest'

it('the public surface changes only on purpose', () => {
  expect(publicSurface('.')).toMatchInlineSnapshot(`
    {
      ".": [
        "IDB_VERSION",
        "IdbStore",
        "openIdbStore",
        "type IdbStoreOptions",
        "type OpenIdbStoreOptions",
      ],
    }
  `)
})
