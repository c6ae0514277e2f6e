import { table } from '../figures.js'
import type { Comparison } from './comparison.js'
import { medianCost, type Cost } from './stopwatch.js'

/** How many times as fast as the published storage ours is to be. */
const TARGET_RATIO = 2

/** Medians side by side: ours, published, and how many times as fast ours is, by processor time and by the clock. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison) => {
    const [ours, published] = mediansOf(comparison)
    const ratio = published.cpuMs / ours.cpuMs
    return [
      comparison.call,
      ms(ours.cpuMs),
      ms(published.cpuMs),
      times(ratio),
      ms(ours.wallMs),
      ms(published.wallMs),
      times(published.wallMs / ours.wallMs),
      String(ours.statements),
      String(published.statements),
      ratio >= TARGET_RATIO ? 'reached' : 'missed',
    ]
  })
  return table([HEAD, ...rows])
}

const HEAD = [
  'call',
  'ours, CPU ms',
  'published',
  'ratio',
  'ours, clock ms',
  'published',
  'ratio',
  'ours, statements',
  'published',
  `≥ ${TARGET_RATIO} ×`,
]

/** Of one storage alone. */
export function costTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ call, costs }) =>
    [...costs].map(([side, own]) => {
      const { cpuMs, wallMs, statements } = medianCost(own)
      return [call, side, ms(cpuMs), ms(wallMs), String(statements)]
    }),
  )
  return table([['call', 'engine', 'CPU ms', 'clock ms', 'statements'], ...rows])
}

function mediansOf({ call, costs }: Comparison): readonly [ours: Cost, published: Cost] {
  const [ours, published] = ['ours', 'published'].map((side) => costs.get(side))
  if (ours === undefined || published === undefined) throw new Error(`${call} was measured on one side only.`)
  return [medianCost(ours), medianCost(published)]
}

function ms(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}

function times(ratio: number): string {
  return `${ratio.toFixed(1)} ×`
}
