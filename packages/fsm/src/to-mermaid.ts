import { PROCESSING_STATUSES } from '@txkeep/core'
import { isTerminal } from './status-groups.js'
import { PROOF_TRANSITIONS, TRANSITIONS } from './transitions.js'

/** The state machine as a Mermaid state diagram, drawn from the tables: it cannot disagree with them. */
export function toMermaid(): string {
  const moves = PROCESSING_STATUSES.flatMap((from) => [
    ...TRANSITIONS[from].map((to) => `  ${from} --> ${to}`),
    ...(PROOF_TRANSITIONS[from] ?? []).map((to) => `  ${from} --> ${to}: proof`),
  ])
  const ends = PROCESSING_STATUSES.filter(isTerminal).map((status) => `  ${status} --> [*]`)
  return ['stateDiagram-v2', ...moves, ...ends, ''].join('\n')
}
