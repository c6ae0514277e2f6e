import { expect, it } from 'vitest'
import {
  BALANCE_BASKET,
  CHANGE_PARAMS_BASKET,
  INVALID_CHANGE_BASKET,
  readOutputListOperation,
} from './output-list-operation.js'

it('a special basket stands for an operation on the default one', () => {
  expect(readOutputListOperation('tokens', ['a'])).toEqual({ kind: 'list', basket: 'tokens', tags: ['a'] })
  const of = { basket: 'default', tags: ['a'] }
  expect(readOutputListOperation(BALANCE_BASKET, ['a'])).toEqual({ kind: 'balance', ...of })
  expect(readOutputListOperation(INVALID_CHANGE_BASKET, ['a'])).toEqual({ kind: 'invalid-change', ...of })
  expect(readOutputListOperation(CHANGE_PARAMS_BASKET, ['a'])).toEqual({ kind: 'change-params', ...of })
})

it('the balance of any basket is asked for by a tag, which is no tag then', () => {
  const tags = ['a', BALANCE_BASKET, BALANCE_BASKET]
  expect(readOutputListOperation('tokens', tags)).toEqual({ kind: 'balance', basket: 'tokens', tags: ['a'] })
})
