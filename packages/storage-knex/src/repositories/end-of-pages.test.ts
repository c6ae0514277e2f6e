import { expect, test } from 'vitest'

import { endOf } from './end-of-pages.js'

test('a page that is not full is the last one and tells how many rows there are; any other leaves it open', () => {
  expect(endOf({ limit: 10 }, 0)).toBe(0)
  expect(endOf({ limit: 10 }, 9)).toBe(9)
  expect(endOf({ limit: 10, offset: 20 }, 3)).toBe(23)
  expect(endOf({ limit: 10, offset: 20 }, 10)).toBeUndefined()
  expect(endOf({ limit: 10, offset: 20 }, 0)).toBeUndefined()
  expect(endOf({ limit: 0 }, 0)).toBeUndefined()
})
