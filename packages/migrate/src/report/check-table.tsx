/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { CheckResult } from '../check-result.js'
import { grouped } from './number-text.js'
import { harmless, WalletText } from './wallet-text.js'

/** Every comparison that was made, the failed ones first. */
export function CheckTable({ checks }: { readonly checks: readonly CheckResult[] }): JSX.Element {
  const sorted = [...checks.filter((check) => !check.ok), ...checks.filter((check) => check.ok)]
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th style="width: 7rem">Result</th>
            <th>What was compared</th>
            <th class="number" style="width: 9.5rem">
              Expected
            </th>
            <th class="number" style="width: 9.5rem">
              Found
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((check) => (
            <tr key={check.id}>
              <td class={check.ok ? 'good' : 'bad'} style="white-space: nowrap">
                {check.ok ? '✓ right' : '✗ failed'}
              </td>
              <td>
                <code>
                  <WalletText>{check.id}</WalletText>
                </code>
                {check.detail === undefined ? null : (
                  <div class="small quiet">
                    <WalletText>{check.detail}</WalletText>
                  </div>
                )}
                {(check.differences ?? []).map((difference, index) => (
                  <div class="small" key={index}>
                    <WalletText>
                      {`${difference.table} ${difference.key} ${difference.column ?? ''}: expected ${difference.expected ?? 'nothing'}, found ${difference.actual ?? 'nothing'}`}
                    </WalletText>
                  </div>
                ))}
              </td>
              <Value value={check.expected} />
              <Value value={check.actual} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Value({ value }: { readonly value: string | number }): JSX.Element {
  if (typeof value === 'number') return <td class="number">{grouped(value)}</td>
  const isLong = value.length > LONGEST
  return (
    <td class="number mono" {...(isLong ? { title: harmless(value) } : {})}>
      <WalletText>{isLong ? `${value.slice(0, LONGEST)}…` : value}</WalletText>
    </td>
  )
}

const LONGEST = 14
