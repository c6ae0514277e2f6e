/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { differenceWords } from './difference-words.js'
import { grouped } from './number-text.js'
import type { ReportDifference } from './report-data.js'
import { WalletText } from './wallet-text.js'

/** Every coin that counts before or after only, reason by reason. */
export function DifferenceTable({ differences }: { readonly differences: readonly ReportDifference[] }): JSX.Element {
  if (differences.length === 0) return <p class="quiet">The balances before and after are the same, coin by coin.</p>
  return (
    <>
      <p>
        No coin disappears: every one of these keeps its row. What changes is only whether it counts, and each change
        has a reason.
      </p>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th>Why the figures differ</th>
              <th>Where</th>
              <th class="number">Coins</th>
              <th class="number">Satoshis</th>
            </tr>
          </thead>
          <tbody>
            {differences.map((difference) => {
              const sign = difference.direction === 'left' ? '−' : '+'
              return (
                <tr key={`${difference.kind} ${difference.direction} ${difference.class}`}>
                  <td>
                    <WalletText>{differenceWords(difference)}</WalletText>
                  </td>
                  <td class="together">{difference.kind === 'listed' ? 'wallet balance' : 'ready to spend'}</td>
                  <td class="number">
                    {sign}
                    {grouped(difference.coins)}
                  </td>
                  <td class="number">
                    {sign}
                    {grouped(difference.satoshis)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </>
  )
}
