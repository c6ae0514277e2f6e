import { expect, test } from 'vitest'
import { quote } from './quote.js'

test('an echoed secret, a raw transaction and line breaks stay out of a message', () => {
  const text = `no such key: s3cret\n\u0000at ${'ab'.repeat(40)}`
  expect(quote(text, ['s3cret'])).toBe('"no such key: [secret] at [bytes]"')
})

test('a txid may be told', () => {
  expect(quote('ab'.repeat(32), [])).toBe(`"${'ab'.repeat(32)}"`)
})

test('a long text is cut', () => {
  expect(quote('x y '.repeat(1000), []).length).toBe(162)
})
