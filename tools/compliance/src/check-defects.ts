import { exists } from './check-compliance.js'
import { parseProofs, type Proof } from './parse-compliance.js'
import { plainText } from './plain-text.js'

/** What the check of the page of published defects looks at. */
export interface DefectsInput {
  /** The page whose list items `- D7 …` are the defects. */
  readonly specification: string
  /** The page whose rows `| D7 | words | project: title |` say what proves that ours has none. */
  readonly defects: string
  /** Project to the full titles of its tests. */
  readonly titles: ReadonlyMap<string, readonly string[]>
}

interface Row {
  readonly id: string
  readonly words: string
  readonly proofs: readonly Proof[]
  /** Why no test of ours can be about it: `not ours: …`. */
  readonly isNotOurs: boolean
}

const ITEM = /^- (D\d+) (.*)$/
const ROW = /^\|\s*(D\d+)\s*\|/

/** Every reason why the page does not hold, as a sentence; empty when each defect has one row in its words, with tests that exist. */
export function checkDefects({ specification, defects, titles }: DefectsInput): string[] {
  const told = new Map(readItems(specification))
  const rows = parseDefects(defects)
  return [
    ...[...told.keys()].filter((id) => rows.every((row) => row.id !== id)).map((id) => `${id} has no row.`),
    ...rows
      .filter((row, index) => rows.findIndex(({ id }) => id === row.id) < index)
      .map(({ id }) => `${id} stands there twice.`),
    ...rows
      .filter(({ id, words }) => told.get(id)?.includes(plainText(words)) !== true)
      .map(({ id, words }) => `${id}: the specification does not say "${words}".`),
    ...rows
      .filter(({ proofs, isNotOurs }) => proofs.length === 0 && !isNotOurs)
      .map(({ id }) => `${id} names no test.`),
    ...rows.flatMap(({ id, proofs }) =>
      proofs
        .filter((proof) => !exists(proof, titles))
        .map(({ project, title }) => `${id}: no test "${title}" in ${project}.`),
    ),
  ]
}

/** The rows of the page, in order. */
export function parseDefects(page: string): Row[] {
  return page
    .split('\n')
    .filter((line) => ROW.test(line))
    .map((line) => {
      const [, id = '', words = '', cell = ''] = line.split(/(?<!\\)\|/).map((text) => text.trim())
      const isNotOurs = cell.startsWith('not ours: ')
      return { id, words, proofs: isNotOurs ? [] : parseProofs(cell), isNotOurs }
    })
}

/** Id and text of each defect, an item that goes on over several lines in one. */
function readItems(page: string): [string, string][] {
  const items: [string, string[]][] = []
  let isInside = false
  for (const line of page.split('\n')) {
    const [, id, words] = ITEM.exec(line) ?? []
    if (id !== undefined && words !== undefined) items.push([id, [words]])
    else if (isInside && line.startsWith('  ')) items.at(-1)?.[1].push(line)
    isInside = id !== undefined || (isInside && line.startsWith('  '))
  }
  return items.map(([id, lines]) => [id, plainText(lines.join(' '))])
}
