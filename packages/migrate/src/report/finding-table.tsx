/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { grouped } from './number-text.js'
import type { ReportFinding } from './report-data.js'
import { WalletText } from './wallet-text.js'

interface FindingTableProps {
  readonly findings: readonly ReportFinding[]
  /** Whether the repairs were made, or would be. */
  readonly isDone: boolean
}

/** What was odd in the legacy data, and what becomes of it. */
export function FindingTable({ findings, isDone }: FindingTableProps): JSX.Element {
  if (findings.length === 0) return <p>The legacy data held nothing odd: every row could move as it was.</p>
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th class="number">How often</th>
            <th>What the legacy data holds</th>
            <th>{isDone ? 'What was done about it' : 'What a move does about it'}</th>
            <th>Where, for example</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <tr key={finding.class}>
              <td class="number">{grouped(finding.count)}</td>
              <td>
                <WalletText>{finding.title}</WalletText>
                <br />
                <code class="quiet">
                  <WalletText>{finding.class}</WalletText>
                </code>
              </td>
              <td>
                <WalletText>{finding.repair}</WalletText>
              </td>
              <td class="small">
                {finding.examples.slice(0, EXAMPLES).map(({ table, key, note }, index) => (
                  <div key={`${table} ${key}`}>
                    <code>
                      <WalletText>{`${table} ${shortened(key)}`}</WalletText>
                    </code>
                    {note === null || note === finding.examples[index - 1]?.note ? null : (
                      <>
                        {' '}
                        <span class="quiet">
                          <WalletText>{note}</WalletText>
                        </span>
                      </>
                    )}
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const EXAMPLES = 3

/** Txids are told apart by their beginning. */
function shortened(key: string): string {
  return key.replace(/[0-9a-f]{64}/gi, (txid) => `${txid.slice(0, 12)}…`)
}
