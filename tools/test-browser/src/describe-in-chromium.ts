import { afterAll, beforeAll, describe, test } from 'vitest'
import { findChromium } from './chromium.js'
import { TestBrowser } from './test-browser.js'

/**
 * A suite that runs code in Chromium. Where there is none the suite is skipped, and says why in its title and on stderr; with
 * `TXKEEP_REQUIRE_BROWSER=1` it fails instead.
 *
 * @param entry the path of the module whose exports a tab offers as `inPage`.
 * @param suite gets the browser once its tests run.
 */
export function describeInChromium(title: string, entry: string, suite: (browser: () => TestBrowser) => void): void {
  const name = `${title} in Chromium`
  const executablePath = findChromium()
  if (executablePath !== undefined) {
    describe(name, () => {
      let browser: TestBrowser | undefined
      beforeAll(async () => {
        browser = await TestBrowser.launch(executablePath, entry)
      })
      afterAll(() => browser?.close())
      suite(() => browser ?? noBrowser())
    })
  } else if (process.env['TXKEEP_REQUIRE_BROWSER'] === '1') {
    test(name, () => {
      throw new Error(`${MISSING}. TXKEEP_REQUIRE_BROWSER=1 lets none be missing.`)
    })
  } else {
    console.warn(`Skipped: ${name}: ${MISSING}.`)
    describe.skip(`${name} (skipped: ${MISSING})`, () => suite(noBrowser))
  }
}

function noBrowser(): never {
  throw new Error('The browser is there inside tests only.')
}

const MISSING = 'there is no Chromium here: apt-get install chromium, or name one in CHROMIUM'
