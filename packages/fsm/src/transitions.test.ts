import { PROCESSING_STATUSES, type ProcessingStatus } from '@txkeep/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canTransition } from './can-transition.js'
import { nextStatuses } from './next-statuses.js'
import { ACCEPTED_STATUSES, isTerminal } from './status-groups.js'
import { PROOF_TRANSITIONS, TRANSITIONS } from './transitions.js'

/** The two tables of docs/spec/lifecycle.md §2, as they stand there. */
const LEGAL = `
queued | sending, sent, nosend, nonfinal, frozen, invalid, doubleSpend
sending | queued, sent, seen, seen_multi, frozen, invalid, doubleSpend
sent | sending, seen, seen_multi, unconfirmed, confirmed, frozen, invalid, doubleSpend
seen | sending, seen_multi, unconfirmed, confirmed, reorging, frozen, invalid, doubleSpend
seen_multi | sending, unconfirmed, confirmed, reorging, frozen, invalid, doubleSpend
unconfirmed | sending, seen, seen_multi, confirmed, reorging, frozen, invalid, doubleSpend
confirmed | reorging
reorging | seen, seen_multi, unconfirmed, confirmed, frozen
invalid | unfail
doubleSpend | unfail
unfail | queued, sending, sent, seen, seen_multi, unconfirmed, confirmed, invalid, doubleSpend
frozen | queued, sending, sent, seen, seen_multi, unconfirmed, invalid, doubleSpend
nosend | queued, sending, sent, seen, frozen, invalid, doubleSpend
nonfinal | queued, sending, sent, frozen, invalid, doubleSpend`

const LEGAL_WITH_A_PROOF = `
queued, sending, nosend, nonfinal | unconfirmed, confirmed
frozen | confirmed`

const listed = edgesOf(LEGAL)
const listedWithProof = edgesOf(LEGAL_WITH_A_PROOF)

const anyStatus = fc.constantFrom(...PROCESSING_STATUSES)
/** One step of a walk: which of the legal moves, and whether a proof is at hand. */
const anyStep = fc.record({ choice: fc.nat(), proof: fc.boolean() })

describe('the transition tables', () => {
  it.each(PROCESSING_STATUSES)('from %s exactly the listed moves and a refresh are legal without a proof', (from) => {
    const legal = PROCESSING_STATUSES.filter((to) => canTransition(from, to))
    expect(legal).toEqual(PROCESSING_STATUSES.filter((to) => to === from || listed.has(edge(from, to))))
  })

  it.each(PROCESSING_STATUSES)('from %s a proof adds exactly the moves of the second table', (from) => {
    const added = PROCESSING_STATUSES.filter(
      (to) => !canTransition(from, to) && canTransition(from, to, { proof: true }),
    )
    expect(added).toEqual(PROCESSING_STATUSES.filter((to) => listedWithProof.has(edge(from, to))))
  })

  it('holds no move twice, none to the same status, and none in both tables', () => {
    for (const from of PROCESSING_STATUSES) {
      const moves = [...TRANSITIONS[from], ...(PROOF_TRANSITIONS[from] ?? [])]
      expect(new Set(moves).size).toBe(moves.length)
      expect(moves).not.toContain(from)
    }
  })

  it('a refresh to the same status is always legal, with or without a proof', () => {
    fc.assert(fc.property(anyStatus, fc.boolean(), (status, proof) => canTransition(status, status, { proof })))
  })

  it('a move is legal only if it is a refresh or listed', () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, fc.boolean(), (from, to, proof) => {
        const isListed = listed.has(edge(from, to)) || (proof && listedWithProof.has(edge(from, to)))
        expect(canTransition(from, to, { proof })).toBe(from === to || isListed)
      }),
    )
  })

  it('a proof never takes a legal move away', () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, (from, to) => {
        expect(canTransition(from, to, { proof: true }) || !canTransition(from, to)).toBe(true)
      }),
    )
  })

  it('`proof: false` and no evidence at all mean the same', () => {
    for (const from of PROCESSING_STATUSES) expect(nextStatuses(from, { proof: false })).toEqual(nextStatuses(from))
  })
})

describe('what follows from the tables', () => {
  it('reorging has no direct move to invalid or doubleSpend, proof or not', () => {
    fc.assert(
      fc.property(fc.boolean(), (proof) => {
        expect(canTransition('reorging', 'invalid', { proof })).toBe(false)
        expect(canTransition('reorging', 'doubleSpend', { proof })).toBe(false)
      }),
    )
  })

  it('no walk reaches confirmed without a proof, the network having accepted it, or an operator having asked again', () => {
    const start = fc.constantFrom<ProcessingStatus[]>('queued', 'sending', 'nosend', 'nonfinal', 'frozen', 'invalid')
    fc.assert(
      fc.property(start, fc.array(anyStep, { maxLength: 12 }), (from, steps) => {
        const { visited, usedProof } = walk(from, steps)
        const firstConfirmed = visited.indexOf('confirmed')
        fc.pre(firstConfirmed !== -1)
        const before = visited.slice(0, firstConfirmed)
        const isBacked = before.some((status) => ACCEPTED_STATUSES.includes(status) || status === 'unfail')
        expect(usedProof.includes(true) || isBacked).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('the last step into confirmed comes from an accepted status, a reorg, an unfail, or brings a proof', () => {
    const plain = PROCESSING_STATUSES.filter((from) => from !== 'confirmed' && canTransition(from, 'confirmed'))
    expect(plain).toEqual(['sent', 'seen', 'seen_multi', 'unconfirmed', 'reorging', 'unfail'])
  })

  it('reorging is entered only from a status in which the network had the transaction', () => {
    const entries = PROCESSING_STATUSES.filter(
      (from) => from !== 'reorging' && canTransition(from, 'reorging', { proof: true }),
    )
    expect(entries).toEqual(['seen', 'seen_multi', 'unconfirmed', 'confirmed'])
  })

  it.each(PROCESSING_STATUSES)('from %s a terminal status can be reached', (from) => {
    expect([...reachable(from)].some(isTerminal)).toBe(true)
  })

  it.each(PROCESSING_STATUSES)('from %s confirmed can be reached', (from) => {
    expect(reachable(from).has('confirmed')).toBe(true)
  })

  it('invalid and doubleSpend leave only through unfail, proof or not', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('invalid' as const, 'doubleSpend' as const),
        anyStatus,
        fc.boolean(),
        (from, to, proof) => {
          expect(canTransition(from, to, { proof })).toBe(to === from || to === 'unfail')
        },
      ),
    )
  })

  it('confirmed leaves only through reorging', () => {
    expect(nextStatuses('confirmed', { proof: true })).toEqual(['reorging'])
  })

  it('no accepted status goes back to one that was never handed to the network', () => {
    for (const from of ACCEPTED_STATUSES)
      for (const to of ['queued', 'nosend', 'nonfinal'] as const) expect(canTransition(from, to)).toBe(false)
  })
})

function edge(from: string, to: string): string {
  return `${from} ${to}`
}

function edgesOf(table: string): ReadonlySet<string> {
  const names = (cell = ''): string[] => cell.split(',').map((name) => name.trim())
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.split('|'))
  return new Set(rows.flatMap(([from, to]) => names(from).flatMap((one) => names(to).map((other) => edge(one, other)))))
}

function walk(from: ProcessingStatus, steps: readonly { choice: number; proof: boolean }[]) {
  const visited = [from]
  const usedProof: boolean[] = []
  for (const { choice, proof } of steps) {
    const here = visited.at(-1)!
    const moves = nextStatuses(here, { proof })
    const to = moves[choice % moves.length]!
    usedProof.push(!canTransition(here, to))
    visited.push(to)
    if (to === 'confirmed') break
  }
  return { visited, usedProof }
}

/** Every status that some sequence of moves without a proof leads to, `from` included. */
function reachable(from: ProcessingStatus): ReadonlySet<ProcessingStatus> {
  const found = new Set([from])
  for (const status of found) for (const to of nextStatuses(status)) found.add(to)
  return found
}
