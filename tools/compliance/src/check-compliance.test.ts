import { describe, expect, it } from 'vitest'
import { checkCompliance } from './check-compliance.js'

const specification = `# Page

Words before the rules.

## 1. Coins

- A coin is **spent** once,
  and stays spent.
- \`pending\` coins wait.

| status | spendable |
|---|---|
| sent | yes |
`
const compliance = `| rule | words | tests |
|---|---|---|
| L1.1 | A coin is spent once, … stays spent. | fsm: a coin is spent once |
| L1.2 | pending coins wait | fsm: a pending coin waits…<br>core: another |
| L1.3 | sent \\| yes | fsm: rows > sent |
`
const projects = new Set(['fsm', 'core'])
const titles = new Map([
  ['fsm', ['coins > a coin is spent once', 'a pending coin waits for sent', 'table > rows > sent']],
  ['core', ['another']],
])

describe('the compliance check', () => {
  it('holds when every block has a rule and every rule a test', () => {
    const plain = compliance.replace('sent \\| yes', 'sent yes')
    expect(checkCompliance({ specification, compliance: plain, titles, projects })).toEqual([])
  })

  it('names a test that does not exist', () => {
    const renamed = new Map([...titles, ['core', ['renamed']]])
    expect(checkCompliance({ specification, compliance, titles: renamed, projects })).toContain(
      'L1.2: no test "another" in core.',
    )
  })

  it('names a test whose title only begins like that of another', () => {
    const longer = new Map([...titles, ['core', ['another one']]])
    expect(checkCompliance({ specification, compliance, titles: longer, projects })).toContain(
      'L1.2: no test "another" in core.',
    )
  })

  it('names a block of the specification that no rule quotes', () => {
    const grown = `${specification}\nA coin may melt.\n`
    expect(checkCompliance({ specification: grown, compliance, titles, projects })).toContain(
      '§1 has no rule for: "A coin may melt.".',
    )
  })

  it('names a rule whose words left the specification', () => {
    const changed = specification.replace('stays spent', 'may come back')
    expect(checkCompliance({ specification: changed, compliance, titles, projects })).toContain(
      'L1.1: its section of the specification does not say "A coin is spent once, … stays spent.".',
    )
  })

  it('names a rule without a test and an id that stands twice', () => {
    const loose = `${compliance}| L1.2 | pending coins wait | |\n`
    expect(checkCompliance({ specification, compliance: loose, titles, projects })).toEqual(
      expect.arrayContaining(['L1.2 names no test.', 'L1.2 stands there twice.']),
    )
  })

  it('lets a rule wait for a project only while that project does not exist', () => {
    const waiting = compliance.replace('fsm: a coin is spent once', 'comes with @txkeep/monitor').replace('\\|', '')
    const input = { specification, compliance: waiting, titles }
    expect(checkCompliance({ ...input, projects })).toEqual([])
    expect(checkCompliance({ ...input, projects: new Set(['fsm', 'core', 'monitor']) })).toEqual([
      'L1.1 waits for monitor, which is here: name its test.',
    ])
  })
})
