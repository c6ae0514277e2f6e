import { expect, test } from 'vitest'
import { answerOf, softTimeoutMs } from './soft-timeout.js'

test('a service gets 5 s, 50 ms more for each KiB, and 30 s at most', () => {
  expect(softTimeoutMs(0)).toBe(5_000)
  expect(softTimeoutMs(1)).toBe(5_050)
  expect(softTimeoutMs(10 * 1024)).toBe(5_500)
  expect(softTimeoutMs(100 * 1024 * 1024)).toBe(30_000)
})

test('an answer in time is the answer; a late one, a failure and a throw say nothing', async () => {
  const timeoutMs = (): number => 5
  expect(await answerOf(async () => 'yes', 0, { timeoutMs })).toBe('yes')
  expect(await answerOf(() => new Promise(() => undefined), 0, { timeoutMs })).toBeUndefined()
  expect(await answerOf(() => Promise.reject(new Error('down')), 0, { timeoutMs })).toBeUndefined()
  const throws = (): Promise<string> => {
    throw new Error('at once')
  }
  expect(await answerOf(throws, 0, { timeoutMs })).toBeUndefined()
})
