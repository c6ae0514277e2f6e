export { findChromium } from './chromium.js'
export { describeInChromium } from './describe-in-chromium.js'
export type { TestBrowser } from './test-browser.js'
