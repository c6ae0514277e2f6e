/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { CheckTable } from './check-table.js'
import { DifferenceTable } from './difference-table.js'
import { FindingTable } from './finding-table.js'
import { headlineOf, isAfterReal, totalOf } from './headline.js'
import { counted, duration, fileSize, grouped } from './number-text.js'
import type { BeforeAndAfter, ReportData } from './report-data.js'
import { RowTable } from './row-table.js'
import { StatusChart } from './status-chart.js'
import { STYLES } from './styles.js'
import { TimingTable } from './timing-table.js'
import { UserTable } from './user-table.js'
import { harmless, WalletText } from './wallet-text.js'

/** Nothing on the page may run or be fetched, whatever a wallet put into its texts. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** The whole document. */
export function ReportPage({ data }: { readonly data: ReportData }): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`Wallet migration report: ${harmless(data.database)}`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLES }} />
      </head>
      <body>
        <main>
          <Top data={data} />
          <Sections data={data} />
          <Foot data={data} />
        </main>
      </body>
    </html>
  )
}

function Top({ data }: { readonly data: ReportData }): JSX.Element {
  const { tone, title, sentence } = headlineOf(data)
  const findings = data.findings.reduce((sum, finding) => sum + finding.count, 0)
  const time = data.timings.reduce((sum, timing) => sum + timing.durationMs, 0)
  return (
    <>
      <header>
        <p>
          Wallet migration report · <WalletText>{data.database}</WalletText> · {readableTime(data.generatedAt)}
        </p>
      </header>
      <section class={`headline ${tone}`}>
        <h1>
          {SIGNS[tone]} {title}
        </h1>
        <p>{sentence}</p>
      </section>
      <dl class="facts">
        <BeforeAfterFact title="Wallet balance, satoshis" amounts={totalOf(data, 'listed')} />
        <BeforeAfterFact title="Ready to spend, satoshis" amounts={totalOf(data, 'spendable')} />
        <Fact title="Findings" value={grouped(findings)} note={counted(data.findings.length, 'kind')} />
        {data.timings.length > 0 ? (
          <Fact title="Time the move took" value={duration(time)} note={counted(data.timings.length, 'step')} />
        ) : data.estimate === undefined ? null : (
          <Fact
            title="Time a move takes, about"
            value={duration(data.estimate.durationMs)}
            note={`${fileSize(data.estimate.extraBytes)} more disk space`}
          />
        )}
      </dl>
    </>
  )
}

const SIGNS = { good: '✓', bad: '✗', open: '○' } as const

function BeforeAfterFact({
  title,
  amounts,
}: {
  readonly title: string
  readonly amounts: BeforeAndAfter
}): JSX.Element {
  const { before, after } = amounts
  const note =
    before === undefined
      ? counted(after.coins, 'coin')
      : before.satoshis === after.satoshis && before.coins === after.coins
        ? `${counted(after.coins, 'coin')}, the same as before`
        : `${counted(after.coins, 'coin')}; before: ${grouped(before.satoshis)} in ${grouped(before.coins)}`
  return <Fact title={title} value={grouped(after.satoshis)} note={note} />
}

function Fact({
  title,
  value,
  note,
}: {
  readonly title: string
  readonly value: string
  readonly note: string
}): JSX.Element {
  return (
    <div class="fact">
      <dt>{title}</dt>
      <dd>{value}</dd>
      <dd>{note}</dd>
    </div>
  )
}

function Sections({ data }: { readonly data: ReportData }): JSX.Element {
  const isDone = isAfterReal(data.phase)
  return (
    <>
      <section>
        <h2>Coins and satoshis of each user</h2>
        {data.verification?.pending === true ? (
          <p>
            An application has written to this wallet since the two sides were last in step. The rows it touched are
            left out of the comparisons and of the two balances here; what it added counts among all outputs and in the
            tables below.
          </p>
        ) : null}
        <UserTable data={data} />
        <DifferenceTable differences={data.differences} />
      </section>
      <section>
        <h2>{isDone ? 'What moved' : 'What would move'}</h2>
        <p class="quiet">
          A transaction that several users share was a row for each of them and is one row now; each user keeps an
          action of their own.
        </p>
        <RowTable tables={data.tables} />
      </section>
      {data.statusFlows.length === 0 ? null : (
        <section>
          <h2>Statuses before and after</h2>
          <p class="quiet">
            Each transaction once. The width of a band is the number of transactions that went from the status on the
            left to the one on the right.
          </p>
          <StatusChart flows={data.statusFlows} />
          {data.statusesNow === undefined ? null : (
            <p class="small quiet">
              In the new tables now:{' '}
              {data.statusesNow.map(({ status, count }, index) => (
                <span key={status}>
                  {index === 0 ? '' : ', '}
                  {grouped(count)} <WalletText>{status}</WalletText>
                </span>
              ))}
              .
            </p>
          )}
        </section>
      )}
      <section>
        <h2>Findings</h2>
        <FindingTable findings={data.findings} isDone={isDone} />
      </section>
      <section>
        <h2>Checks</h2>
        {data.verification === undefined ? (
          <p class="quiet">
            {data.phase === 'finalized'
              ? 'The legacy tables are gone, so there is nothing left to compare with.'
              : 'There is nothing to compare yet: the new tables are not filled.'}
          </p>
        ) : (
          <>
            <p class="quiet">
              Made anew for this report, by code that shares nothing with the code that moved the rows.
            </p>
            <CheckTable checks={data.verification.checks} />
          </>
        )}
      </section>
      {data.timings.length === 0 ? null : (
        <section>
          <h2>Time each step took</h2>
          <TimingTable timings={data.timings} />
        </section>
      )}
    </>
  )
}

function Foot({ data }: { readonly data: ReportData }): JSX.Element {
  return (
    <footer>
      Made by txkeep-migrate {data.version} from a database of {fileSize(data.sizeBytes)} in phase {data.phase}, at{' '}
      {data.generatedAt}. {WAY_BACK[data.phase]}
    </footer>
  )
}

const WAY_BACK: Readonly<Record<ReportData['phase'], string>> = {
  none: 'Nothing in the database was changed.',
  expanded: 'The legacy tables are untouched; txkeep-migrate contract removes the new ones.',
  capturing: 'The legacy tables are untouched; txkeep-migrate contract removes the new ones.',
  backfilled: 'The legacy tables are untouched; txkeep-migrate contract removes the new ones.',
  verified: 'The legacy tables are untouched; txkeep-migrate contract removes the new ones.',
  'cut-over':
    'The legacy tables are kept as they were. Until the new application has written, txkeep-migrate rollback gives them their names back.',
  'rolled-back': 'The legacy tables have their names again.',
  finalized: 'There is no way back to the legacy schema.',
}

/** `2026-11-23 18:52 UTC`. */
function readableTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
