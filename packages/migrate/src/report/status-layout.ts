import type { StatusFlow } from './report-data.js'

/** Where one status stands in the chart. Units of the drawing. */
export interface StatusNode {
  readonly status: string
  readonly count: number
  readonly top: number
  readonly height: number
}

/** A band from a status before to a status after, as wide as it counts transactions. */
export interface StatusRibbon {
  readonly flow: StatusFlow
  readonly fromTop: number
  readonly toTop: number
  readonly height: number
}

export interface StatusLayout {
  readonly before: readonly StatusNode[]
  readonly after: readonly StatusNode[]
  readonly ribbons: readonly StatusRibbon[]
  readonly height: number
}

/** A status with few transactions stays visible, and its label needs a line. */
const LEAST_RIBBON = 1.5
const LINE = 20
const GAP = 8
/** What all ribbons of a side are together, when none is widened to stay visible. */
const FULL_HEIGHT = 260

/** Places the statuses of both sides under each other, the most frequent first, and the bands between them. */
export function layOutStatuses(flows: readonly StatusFlow[]): StatusLayout {
  const total = flows.reduce((sum, flow) => sum + flow.count, 0)
  const heightOf = (flow: StatusFlow): number => Math.max(LEAST_RIBBON, (flow.count / Math.max(total, 1)) * FULL_HEIGHT)
  const before = stack(flows, (flow) => flow.from, heightOf)
  const after = stack(flows, (flow) => flow.to, heightOf)
  const used = new Map<StatusNode, number>()
  const place = (nodes: readonly StatusNode[], status: string, height: number): number => {
    const node = nodes.find((each) => each.status === status)
    if (node === undefined) return 0
    const offset = used.get(node) ?? 0
    used.set(node, offset + height)
    return node.top + offset
  }
  const order = (nodes: readonly StatusNode[], status: string): number =>
    nodes.findIndex((each) => each.status === status)
  const sorted = [...flows].sort(
    (a, b) => order(before, a.from) - order(before, b.from) || order(after, a.to) - order(after, b.to),
  )
  const ribbons = sorted.map((flow) => {
    const height = heightOf(flow)
    return { flow, height, fromTop: place(before, flow.from, height), toTop: place(after, flow.to, height) }
  })
  return { before, after, ribbons, height: Math.max(bottomOf(before), bottomOf(after)) }
}

function stack(
  flows: readonly StatusFlow[],
  statusOf: (flow: StatusFlow) => string,
  heightOf: (flow: StatusFlow) => number,
): StatusNode[] {
  const sums = new Map<string, { count: number; height: number }>()
  for (const flow of flows) {
    const sum = sums.get(statusOf(flow)) ?? { count: 0, height: 0 }
    sums.set(statusOf(flow), { count: sum.count + flow.count, height: sum.height + heightOf(flow) })
  }
  let top = 0
  return [...sums]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([status, { count, height }]) => {
      const node = { status, count, top, height }
      top += Math.max(height, LINE) + GAP
      return node
    })
}

function bottomOf(nodes: readonly StatusNode[]): number {
  const last = nodes.at(-1)
  return last === undefined ? 0 : last.top + Math.max(last.height, LINE)
}
