import { type Proof, type Rule, parseCompliance } from './parse-compliance.js'
import { plainText } from './plain-text.js'
import { type RuleBlock, ruleBlocks } from './rule-blocks.js'

/** What the check looks at. */
export interface ComplianceInput {
  readonly specification: string
  readonly compliance: string
  /** Project to the full titles of its tests. */
  readonly titles: ReadonlyMap<string, readonly string[]>
  /** The projects that exist: a rule may wait only for one that does not. */
  readonly projects: ReadonlySet<string>
}

/**
 * Every reason why the compliance page does not hold, as a sentence; empty when each block of the specification has a
 * rule, each rule stands in the specification in these words, and each rule has tests that exist.
 */
export function checkCompliance({ specification, compliance, titles, projects }: ComplianceInput): string[] {
  const rules = parseCompliance(compliance)
  const blocks = ruleBlocks(specification)
  return [
    ...repeatedIds(rules),
    ...rules.filter((rule) => !blocks.some((block) => states(block, rule))).map(notInSpecification),
    ...blocks.filter((block) => !rules.some((rule) => states(block, rule))).map(withoutRule),
    ...rules.filter(({ proofs, waitsFor }) => proofs.length === 0 && waitsFor === undefined).map(withoutTest),
    ...rules.filter(({ waitsFor }) => waitsFor !== undefined && projects.has(waitsFor)).map(waitsInVain),
    ...rules.flatMap(({ id, proofs }) =>
      proofs
        .filter((proof) => !exists(proof, titles))
        .map((proof) => `${id}: no test "${proof.title}" in ${proof.project}.`),
    ),
  ]
}

/** True when the block belongs to the rule's section and holds its words, in order, `…` standing for any others. */
function states(block: RuleBlock, { id, words }: Rule): boolean {
  if (id.slice(1).split('.')[0] !== block.section) return false
  let from = 0
  for (const piece of plainText(words).split('…')) {
    const found = block.text.indexOf(piece.trim(), from)
    if (found < 0) return false
    from = found + piece.trim().length
  }
  return true
}

/** True when the title is that of a test, alone or with some of the groups around it. */
export function exists({ project, title }: Proof, titles: ComplianceInput['titles']): boolean {
  const open = title.endsWith('…')
  const wanted = open ? title.slice(0, -1).trimEnd() : title
  return (titles.get(project) ?? []).some((full) => {
    const groups = full.split(' > ')
    const ends = groups.map((_, depth) => groups.slice(depth).join(' > '))
    return ends.some((end) => (open ? end.startsWith(wanted) : end === wanted))
  })
}

function repeatedIds(rules: readonly Rule[]): string[] {
  const ids = rules.map(({ id }) => id)
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} stands there twice.`)
}

function notInSpecification({ id, words }: Rule): string {
  return `${id}: its section of the specification does not say "${words}".`
}

function withoutRule({ section, text }: RuleBlock): string {
  return `§${section} has no rule for: "${text.slice(0, 90)}".`
}

function withoutTest({ id }: Rule): string {
  return `${id} names no test.`
}

function waitsInVain({ id, waitsFor }: Rule): string {
  return `${id} waits for ${waitsFor}, which is here: name its test.`
}
