import { fileURLToPath } from 'node:url'
import { describeInChromium } from '@txkeep/test-browser'
import { storeContract, transactionServiceContract } from '@txkeep/testkit'
import { expect, test } from 'vitest'
import type * as InPage from './support/contracts-in-page.js'

declare const inPage: typeof InPage

const entry = fileURLToPath(new URL('support/contracts-in-page.ts', import.meta.url))

for (const [title, contract] of [
  ['the store contract', storeContract],
  ['the transaction service contract', transactionServiceContract],
] as const) {
  describeInChromium(title, entry, (browser) => {
    let tab: ReturnType<ReturnType<typeof browser>['openTab']> | undefined
    for (const { name } of contract) {
      test(name, async () => {
        tab ??= browser().openTab()
        expect(await (await tab).evaluate((name) => inPage.runCase(name), name)).toBeUndefined()
      })
    }
  })
}
