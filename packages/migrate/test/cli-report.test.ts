import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import BetterSqlite3 from 'better-sqlite3'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { findChromium } from '@txkeep/test-browser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headlineOf } from '../src/report/headline.js'
import { renderReport } from '../src/report/render-report.js'
import type { ReportData } from '../src/report/report-data.js'
import { cli, cliJson, hashOfFile } from './support/run-cli.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-report-'))
const wallet = join(folder, 'wallet.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({ file: wallet, seed: 23, actions: 24, users: 2 })
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each would leave a mark on the page if it were read as markup. */
const HOSTILE = [
  `<script>document.documentElement.setAttribute('data-ran', 'script')</script>`,
  `<img src=x onerror="document.documentElement.setAttribute('data-ran', 'img')">`,
  `"><svg onload="document.documentElement.setAttribute('data-ran', 'svg')">`,
  `' onmouseover='x' style='position:fixed'><iframe srcdoc="<script>1</script>">`,
  `</title></style></script><body onload="document.documentElement.setAttribute('data-ran', 'body')">`,
  `&lt;b&gt; \u202eback\u0000wards \ud800 {{7*7}} javascript:alert(1)`,
]

const ALLOWED_TAGS = new Set(
  (
    '!doctype html head meta title style body main header section h1 h2 p dl div dt dd table colgroup col thead tbody tfoot ' +
    'tr th td span bdi code figure svg g path rect text tspan details summary br footer'
  ).split(' '),
)

/** Every tag of a page by the rules of HTML: `<` and a letter, `!` or `/` begins one. */
function tagsOf(page: string): { name: string; attributes: string }[] {
  return [...page.matchAll(/<\/?([a-z!][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi)].map(([, name = '', attributes = '']) => ({
    name: name.toLowerCase(),
    attributes,
  }))
}

function expectOnlyText(page: string): void {
  const tags = tagsOf(page)
  expect([...new Set(tags.map(({ name }) => name))].filter((name) => !ALLOWED_TAGS.has(name))).toEqual([])
  expect(
    tags.filter(({ attributes }) =>
      /\son[a-z]+\s*=|\s(src|srcdoc|href)\s*=/i.test(attributes.replace(/"[^"]*"/g, '""')),
    ),
  ).toEqual([])
  expect(page).not.toMatch(/[\u0000-\u0008\u202e]/)
  expect(page).not.toMatch(/https?:\/\//)
}

describe('a wallet full of markup', () => {
  const file = join(folder, 'hostile.sqlite')
  const html = join(folder, 'hostile.html')
  let page = ''

  beforeAll(async () => {
    copyFileSync(wallet, file)
    const database = new BetterSqlite3(file)
    database.pragma('foreign_keys = off')
    const set = (sql: string): void => {
      HOSTILE.forEach((text, index) => database.prepare(`${sql} ${index + 1}`).run(text))
    }
    set('update transactions set description = ? where transactionId =')
    set('update output_baskets set name = ? where basketId =')
    set('update tx_labels set label = ? where txLabelId =')
    set('update output_tags set tag = ? where outputTagId =')
    set('update transactions set status = ? where transactionId = 10 +')
    set('update proven_tx_reqs set status = ? where provenTxReqId = 3 +')
    set('update proven_tx_reqs set history = ? where provenTxReqId = 5 +')
    set('update outputs set outputDescription = ?, spentBy = 999999 where outputId = 7 +')
    database.prepare('update users set identityKey = ? where userId = 2').run(HOSTILE[1])
    database.close()
    expect((await cli('run', '--db', file)).stdout).not.toContain('unexpected')
    expect((await cli('report', '--db', file, '--html', html)).exitCode).toBe(0)
    page = readFileSync(html, 'utf8')
  })

  test('is reported as text', () => {
    expectOnlyText(page)
    expect(page).toContain('&lt;img src=x onerror=')
    expect(page).toContain('&lt;script>')
  })

  test('runs nothing in a browser, even without the policy that forbids scripts', async ({ skip }) => {
    const isRequired = process.env['TXKEEP_REQUIRE_BROWSER'] === '1'
    skip(chromium === undefined && !isRequired, 'no Chromium here: apt-get install chromium')
    const bare = join(folder, 'bare.html')
    const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/
    expect(page).toMatch(policy)
    writeFileSync(bare, page.replace(policy, ''))
    const dom = await domOf(bare)
    expect(dom).toContain('Wallet migration report')
    expect(dom).not.toMatch(/<html[^>]*data-ran/)
    expect(dom).not.toMatch(/<(script|img|iframe|object|embed|link)\b/i)
  })
})

test('a page with markup in every place that holds text is text in every place', () => {
  for (const text of HOSTILE) expectOnlyText(renderReport(dataWith(text)))
})

describe.each(['none', 'capturing', 'backfilled', 'verified', 'cut-over', 'rolled-back', 'finalized'] as const)(
  'in phase %s',
  (phase) => {
    test('a report is made, changes nothing, and says the balance', async () => {
      const file = join(folder, `${phase}.sqlite`)
      const html = join(folder, `${phase}.html`)
      copyFileSync(wallet, file)
      for (const words of STEPS[phase] ?? []) await cli(...words.split(' '), '--db', file, '--yes')
      const before = hashOfFile(file)
      const { exitCode, json } = await cliJson('report', '--db', file, '--html', html)
      expect(exitCode).toBe(0)
      expect(json).toMatchObject({ ok: true, phase, html })
      expect(hashOfFile(file)).toBe(before)
      const page = readFileSync(html, 'utf8')
      expectOnlyText(page)
      // After the legacy tables are gone only the new balance is left to tell.
      if (phase !== 'finalized') expect(page).toContain(listedSatoshis(wallet).toLocaleString('en-US'))
      expect(page.includes('✗ failed')).toBe(false)
    })
  },
)

const STEPS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  capturing: ['expand', 'capture start'],
  backfilled: ['expand', 'capture start', 'backfill'],
  verified: ['expand', 'capture start', 'backfill', 'verify'],
  'cut-over': ['run'],
  'rolled-back': ['run', 'rollback'],
  finalized: ['run', 'drop-legacy --after 0'],
}

function listedSatoshis(file: string): number {
  const database = new BetterSqlite3(file, { readonly: true })
  const sum = database
    .prepare(
      `select sum(o.satoshis) from outputs o join transactions t using (transactionId)
        where o.spendable = 1 and t.status in ('completed', 'unproven', 'nosend', 'sending')`,
    )
    .pluck()
    .get() as number
  database.close()
  return sum
}

test('the time each step took is in the report of a moved wallet', async () => {
  const file = join(folder, 'timed.sqlite')
  const html = join(folder, 'timed.html')
  copyFileSync(wallet, file)
  await cli('run', '--db', file)
  await cli('report', '--db', file, '--html', html)
  const page = readFileSync(html, 'utf8')
  for (const step of ['Make the new tables', 'Outputs', 'Compare everything', 'Swap the names'])
    expect(page).toContain(step)
})

test('a failed check stands in the headline and first in the list', async () => {
  const file = join(folder, 'broken.sqlite')
  const html = join(folder, 'broken.html')
  copyFileSync(wallet, file)
  for (const words of ['expand', 'capture start', 'backfill']) await cli(...words.split(' '), '--db', file)
  const database = new BetterSqlite3(file)
  database.exec('delete from outputs_new where outputId = (select max(outputId) from outputs_new)')
  database.close()
  await cli('report', '--db', file, '--html', html)
  const page = readFileSync(html, 'utf8')
  expect(page).toContain('✗ Something does not match.')
  expect(page.indexOf('✗ failed')).toBeLessThan(page.indexOf('✓ right'))
})

test('the database itself is never taken for the page', async () => {
  const file = join(folder, 'same.sqlite')
  copyFileSync(wallet, file)
  const before = hashOfFile(file)
  expect((await cli('report', '--db', file, '--html', file)).exitCode).toBe(2)
  expect(hashOfFile(file)).toBe(before)
})

test('a page that cannot be written is said, and nothing half-written stays', async () => {
  const { exitCode, json } = await cliJson('report', '--db', wallet, '--html', join(folder, 'nowhere', 'r.html'))
  expect(exitCode).toBe(2)
  expect(json.error?.message).toContain('--html')
})

test('a server with thousands of users gets a page of the hundred that matter, and the sum of the others', () => {
  const data = dataWith('x')
  const amount = { coins: 1, satoshis: 10 }
  const users = Array.from({ length: 5000 }, (_, index) => {
    const after = index === 4321 ? { coins: 1, satoshis: 9 } : amount
    const amounts = { before: amount, after }
    return { userId: index + 1, identityKey: null, all: amounts, listed: amounts, spendable: amounts }
  })
  const page = renderReport({ ...data, users })
  expect(page.match(/<th scope="row">User /g)?.length).toBe(300)
  expect(page).toContain('>User 4322 ')
  expect(page).toContain('4,900 more users')
  expect(page).toContain('49,999')
})

test('the headline tells whether anything was lost', () => {
  const data = dataWith('x')
  expect(
    headlineOf({ ...data, phase: 'cut-over', verification: { ok: true, checks: [], pending: false } }),
  ).toMatchObject({
    tone: 'good',
    title: 'Nothing was lost.',
  })
  expect(headlineOf({ ...data, phase: 'none', verification: undefined }).tone).toBe('open')
  expect(headlineOf({ ...data, phase: 'cut-over' }).tone).toBe('bad')
})

/** A report with `text` wherever text of a wallet can come in. */
function dataWith(text: string): ReportData {
  const amount = { coins: 1, satoshis: 2 }
  const amounts = { before: amount, after: amount }
  return {
    database: text,
    generatedAt: '2026-01-02T03:04:05.000Z',
    version: '1.0.0',
    phase: 'cut-over',
    sizeBytes: 1,
    users: [{ userId: 1, identityKey: text, all: amounts, listed: amounts, spendable: amounts }],
    tables: [{ title: 'Outputs', from: 'outputs', to: 'outputs', before: 1, after: 1 }],
    differences: [{ kind: 'listed', direction: 'left', class: text, ...amount }],
    statusFlows: [{ from: text, to: text, count: 3 }],
    statusesNow: [{ status: text, count: 3 }],
    findings: [
      { class: text, title: text, repair: text, count: 1, examples: [{ table: text, key: text, note: text }] },
    ],
    verification: {
      ok: false,
      pending: true,
      checks: [
        {
          id: text,
          ok: false,
          expected: text,
          actual: text,
          detail: text,
          differences: [{ table: text, key: text, column: text, expected: text, actual: text }],
        },
      ],
    },
    timings: [{ step: text, durationMs: 1, count: 1 }],
    estimate: undefined,
  }
}

const chromium = findChromium()

async function domOf(file: string): Promise<string> {
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${join(folder, 'profile')}`,
  ]
  const { stdout } = await promisify(execFile)(chromium ?? 'chromium', [...flags, '--dump-dom', `file://${file}`], {
    maxBuffer: 1e8,
    timeout: 50_000,
  })
  return stdout
}
