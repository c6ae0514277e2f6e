import { StoreBusyError } from '@txkeep/core'
import { expect, test } from 'vitest'

import { retryWhenBusy } from './retry-when-busy.js'

/** Fails as many times as asked, then answers with the number of attempts. */
function busyFor(times: number): () => Promise<number> {
  let attempts = 0
  return () => {
    attempts += 1
    return attempts > times ? Promise.resolve(attempts) : Promise.reject(new StoreBusyError('held'))
  }
}

test('is tried again until the database is free', async () => {
  await expect(retryWhenBusy(busyFor(4), 5000)).resolves.toBe(5)
})

test('is given up with the last error when the time is over', async () => {
  await expect(retryWhenBusy(busyFor(1000), 30)).rejects.toBeInstanceOf(StoreBusyError)
})

test.each([new TypeError('mine'), 'text', undefined])('hands on %s at once and as it is', async (thrown) => {
  let attempts = 0
  const attempt = (): Promise<never> => {
    attempts += 1
    return Promise.reject(thrown)
  }
  await expect(retryWhenBusy(attempt, 5000)).rejects.toBe(thrown)
  expect(attempts).toBe(1)
})
