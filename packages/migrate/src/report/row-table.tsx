/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { grouped } from './number-text.js'
import type { ReportTable } from './report-data.js'

/** What moved, kind by kind. */
export function RowTable({ tables }: { readonly tables: readonly ReportTable[] }): JSX.Element {
  const hasDifference = tables.some(
    ({ before, after }) => before !== undefined && after !== undefined && before !== after,
  )
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>What</th>
            <th>From the legacy table</th>
            <th class="number">Rows before</th>
            <th>To the table</th>
            <th class="number">Rows after</th>
          </tr>
        </thead>
        <tbody>
          {tables.map(({ title, from, to, before, after }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>
                <code>{from}</code>
              </td>
              <td class="number">{before === undefined ? '–' : grouped(before)}</td>
              <td>
                <code>{to}</code>
              </td>
              <td class="number">{after === undefined ? 'not yet' : grouped(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasDifference ? (
        <p class="small quiet">
          Where the numbers differ, a finding below says why: rows that point to nothing stay in the legacy table, and
          two rows for one thing become one.
        </p>
      ) : null}
    </div>
  )
}
