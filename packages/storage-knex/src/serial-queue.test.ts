import { expect, test } from 'vitest'

import { SerialQueue } from './serial-queue.js'

test('jobs run one at a time in the order of arrival, whatever the ones before did', async () => {
  const queue = new SerialQueue()
  const log: string[] = []
  const job = (name: string) => async () => {
    log.push(`${name} begins`)
    await Promise.resolve()
    log.push(`${name} ends`)
    if (name === 'first') throw new Error(name)
    return name
  }
  const results = await Promise.allSettled([queue.run(job('first')), queue.run(job('second'))])
  expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})

test('idle waits for what is queued', async () => {
  const queue = new SerialQueue()
  let done = false
  void queue.run(async () => {
    await Promise.resolve()
    done = true
  })
  await queue.idle()
  expect(done).toBe(true)
})
