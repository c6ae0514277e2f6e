import { build } from 'esbuild'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** Nothing answers here: the page and its script are handed to the browser by this process. */
const ORIGIN = 'http://txkeep.test'

/** One browser with a profile of its own, and tabs that run the exports of one module as `window.inPage`. */
export class TestBrowser {
  readonly #browser: Browser
  readonly #context: BrowserContext
  readonly #script: string

  private constructor(browser: Browser, context: BrowserContext, script: string) {
    this.#browser = browser
    this.#context = context
    this.#script = script
  }

  /** @param entry the module, as a path; it is bundled from sources, as tests run. */
  static async launch(executablePath: string, entry: string): Promise<TestBrowser> {
    const script = await bundle(entry)
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    return new TestBrowser(browser, await browser.newContext(), script)
  }

  /** A tab with the module loaded. All tabs share one origin, and so its databases. */
  async openTab(): Promise<Page> {
    const page = await this.#context.newPage()
    await page.route(`${ORIGIN}/**`, (route) =>
      route.request().url().endsWith('.js')
        ? route.fulfill({ contentType: 'text/javascript', body: this.#script })
        : route.fulfill({ contentType: 'text/html', body: PAGE }),
    )
    await page.goto(ORIGIN)
    await page.waitForFunction(() => 'inPage' in globalThis)
    return page
  }

  async close(): Promise<void> {
    await this.#browser.close()
  }
}

const PAGE = '<!doctype html><meta charset="utf-8"><title>test</title><script src="/in-page.js"></script>'

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'inPage',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@txkeep/source'],
    logLevel: 'silent',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error(`Nothing was built from ${entry}.`)
  return file.text
}
