/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { duration, grouped } from './number-text.js'
import type { ReportTiming } from './report-data.js'
import { WalletText } from './wallet-text.js'

/** How long each step took. */
export function TimingTable({ timings }: { readonly timings: readonly ReportTiming[] }): JSX.Element {
  const longest = Math.max(1, ...timings.map((timing) => timing.durationMs))
  const total = timings.reduce((sum, timing) => sum + timing.durationMs, 0)
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th class="number">Rows</th>
            <th class="number">Time</th>
            <th style="width: 45%">Share</th>
          </tr>
        </thead>
        <tbody>
          {timings.map(({ step, durationMs, count }, index) => (
            <tr key={index}>
              <th scope="row">
                <WalletText>{step}</WalletText>
              </th>
              <td class="number">{count === undefined ? '' : grouped(count)}</td>
              <td class="number">{duration(durationMs)}</td>
              <td>
                <span class="bar" style={`width: ${((durationMs / longest) * 100).toFixed(1)}%`} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td />
            <td class="number">{duration(total)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
