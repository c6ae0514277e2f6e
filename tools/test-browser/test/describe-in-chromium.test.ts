import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { describeInChromium } from '../src/index.js'
import type * as InPage from './in-page.js'

declare const inPage: typeof InPage

describeInChromium('a module', fileURLToPath(new URL('in-page.ts', import.meta.url)), (browser) => {
  test('runs in tabs that share one origin with databases', async () => {
    const [one, other] = [await browser().openTab(), await browser().openTab()]
    expect(await one.evaluate(() => inPage.half(5))).toBe(2.5)
    await one.evaluate(() => localStorage.setItem('key', 'value'))
    expect(await other.evaluate(() => localStorage.getItem('key'))).toBe('value')
    expect(await one.evaluate(() => typeof indexedDB)).toBe('object')
  })
})
