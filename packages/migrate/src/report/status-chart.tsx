/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { counted, grouped } from './number-text.js'
import type { StatusFlow } from './report-data.js'
import { layOutStatuses, type StatusNode, type StatusRibbon } from './status-layout.js'
import { harmless, WalletText } from './wallet-text.js'

const WIDTH = 900
const NODE_WIDTH = 10
const LEFT = 250
const RIGHT = WIDTH - 190
const HEADING = 30

/** How many transactions held which status before, which one they hold after, and which became which. */
export function StatusChart({ flows }: { readonly flows: readonly StatusFlow[] }): JSX.Element {
  const { before, after, ribbons, height } = layOutStatuses(flows)
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${Math.ceil(height) + HEADING + 8}`} role="img" aria-labelledby="status-chart-title">
        <title id="status-chart-title">Statuses of all transactions before the move and after it</title>
        <text class="heading" x={LEFT - 8} y={14} text-anchor="end">
          before: legacy status · request
        </text>
        <text class="heading" x={RIGHT + NODE_WIDTH + 8} y={14}>
          after: status now
        </text>
        <g transform={`translate(0 ${HEADING})`}>
          {ribbons.map((ribbon) => (
            <Ribbon key={`${ribbon.flow.from}\n${ribbon.flow.to}`} ribbon={ribbon} />
          ))}
          {before.map((node) => (
            <Node key={node.status} node={node} side="before" />
          ))}
          {after.map((node) => (
            <Node key={node.status} node={node} side="after" />
          ))}
        </g>
      </svg>
      <details>
        <summary>The same as a table</summary>
        <table>
          <thead>
            <tr>
              <th>Legacy status</th>
              <th>Status now</th>
              <th class="number">Transactions</th>
            </tr>
          </thead>
          <tbody>
            {flows.map(({ from, to, count }) => (
              <tr key={`${from}\n${to}`}>
                <td>
                  <WalletText>{from}</WalletText>
                </td>
                <td>
                  <WalletText>{to}</WalletText>
                </td>
                <td class="number">{grouped(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

function Node({ node, side }: { readonly node: StatusNode; readonly side: 'before' | 'after' }): JSX.Element {
  const isBefore = side === 'before'
  const x = isBefore ? LEFT : RIGHT
  const middle = node.top + Math.max(node.height, 14) / 2 + 4.5
  return (
    <g>
      <title>{`${harmless(node.status)}: ${counted(node.count, 'transaction')}`}</title>
      <rect class="node" x={x} y={node.top} width={NODE_WIDTH} height={Math.max(node.height, 2)} rx={2} />
      <text x={isBefore ? x - 8 : x + NODE_WIDTH + 8} y={middle} text-anchor={isBefore ? 'end' : 'start'}>
        {label(node.status)} <tspan class="count">{grouped(node.count)}</tspan>
      </text>
    </g>
  )
}

function Ribbon({ ribbon: { flow, fromTop, toTop, height } }: { readonly ribbon: StatusRibbon }): JSX.Element {
  const start = LEFT + NODE_WIDTH
  const middle = (start + RIGHT) / 2
  const path =
    `M${start} ${fromTop} C${middle} ${fromTop} ${middle} ${toTop} ${RIGHT} ${toTop} V${toTop + height} ` +
    `C${middle} ${toTop + height} ${middle} ${fromTop + height} ${start} ${fromTop + height} Z`
  return (
    <path class="ribbon" d={path}>
      <title>{`${harmless(flow.from)} became ${harmless(flow.to)}: ${counted(flow.count, 'transaction')}`}</title>
    </path>
  )
}

const LONGEST_LABEL = 28

function label(status: string): string {
  const text = harmless(status)
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL)}…` : text
}
