import { expect, it } from 'vitest'
import { checkDefects } from './check-defects.js'

const specification = '## 13. Defects\n- D1 coins vanish [V].\n  → they stay.\n- D2 the wallet lies. → not here.\n'
const defects = '| D1 | coins vanish … |\n'
const titles = new Map([['fsm', ['coins > a coin stays']]])
const page = (...rows: string[]): string => rows.join('\n')

it('the check of defects holds when each has a row in its words, with a test or a reason', () => {
  const held = page(
    '| D1 | vanish [V]. → they stay | fsm: a coin stays |',
    '| D2 | the wallet lies | not ours: a wallet |',
  )
  expect(checkDefects({ specification, defects: held, titles })).toEqual([])
})

it('the check of defects names what is missing, doubled, in other words, without a test, or with one that is not there', () => {
  expect(checkDefects({ specification, defects, titles })).toContain('D2 has no row.')
  const wrong = page(
    '| D1 | coins melt | fsm: a coin stays |',
    '| D1 | coins vanish | fsm: another |',
    '| D2 | the wallet lies | |',
    '| D3 | never told | fsm: a coin stays |',
  )
  expect(checkDefects({ specification, defects: wrong, titles })).toEqual([
    'D1 stands there twice.',
    'D1: the specification does not say "coins melt".',
    'D3: the specification does not say "never told".',
    'D2 names no test.',
    'D1: no test "another" in fsm.',
  ])
})
