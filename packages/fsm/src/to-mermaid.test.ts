import { describe, expect, it } from 'vitest'
import { toMermaid } from './to-mermaid.js'

describe('toMermaid', () => {
  it('draws every move of both tables, the ones that need a proof with that label, and the terminal statuses', () => {
    expect(toMermaid()).toMatchInlineSnapshot(`
      "stateDiagram-v2
        queued --> sending
        queued --> sent
        queued --> nosend
        queued --> nonfinal
        queued --> frozen
        queued --> invalid
        queued --> doubleSpend
        queued --> unconfirmed: proof
        queued --> confirmed: proof
        sending --> queued
        sending --> sent
        sending --> seen
        sending --> seen_multi
        sending --> frozen
        sending --> invalid
        sending --> doubleSpend
        sending --> unconfirmed: proof
        sending --> confirmed: proof
        sent --> sending
        sent --> seen
        sent --> seen_multi
        sent --> unconfirmed
        sent --> confirmed
        sent --> frozen
        sent --> invalid
        sent --> doubleSpend
        seen --> sending
        seen --> seen_multi
        seen --> unconfirmed
        seen --> confirmed
        seen --> reorging
        seen --> frozen
        seen --> invalid
        seen --> doubleSpend
        seen_multi --> sending
        seen_multi --> unconfirmed
        seen_multi --> confirmed
        seen_multi --> reorging
        seen_multi --> frozen
        seen_multi --> invalid
        seen_multi --> doubleSpend
        unconfirmed --> sending
        unconfirmed --> seen
        unconfirmed --> seen_multi
        unconfirmed --> confirmed
        unconfirmed --> reorging
        unconfirmed --> frozen
        unconfirmed --> invalid
        unconfirmed --> doubleSpend
        confirmed --> reorging
        reorging --> seen
        reorging --> seen_multi
        reorging --> unconfirmed
        reorging --> confirmed
        reorging --> frozen
        invalid --> unfail
        doubleSpend --> unfail
        unfail --> queued
        unfail --> sending
        unfail --> sent
        unfail --> seen
        unfail --> seen_multi
        unfail --> unconfirmed
        unfail --> confirmed
        unfail --> invalid
        unfail --> doubleSpend
        frozen --> queued
        frozen --> sending
        frozen --> sent
        frozen --> seen
        frozen --> seen_multi
        frozen --> unconfirmed
        frozen --> invalid
        frozen --> doubleSpend
        frozen --> confirmed: proof
        nosend --> queued
        nosend --> sending
        nosend --> sent
        nosend --> seen
        nosend --> frozen
        nosend --> invalid
        nosend --> doubleSpend
        nosend --> unconfirmed: proof
        nosend --> confirmed: proof
        nonfinal --> queued
        nonfinal --> sending
        nonfinal --> sent
        nonfinal --> frozen
        nonfinal --> invalid
        nonfinal --> doubleSpend
        nonfinal --> unconfirmed: proof
        nonfinal --> confirmed: proof
        confirmed --> [*]
        invalid --> [*]
        doubleSpend --> [*]
      "
    `)
  })
})
