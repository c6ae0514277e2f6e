/** @jsxRuntime automatic @jsxImportSource preact */
import type { JSX } from 'preact'
import { grouped } from './number-text.js'
import type { ReportTable } from './report-data.js'

/** What moved, kind by kind. */
export function RowTable({ tables }: { readonly tables: readonly ReportTable[] }): JSX.Element {
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
    </div>
  )
}
