/** One row of `docs/compliance.md`. */
export interface Rule {
  /** `L2.3`: the third rule named from section 2. */
  readonly id: string
  /** The rule in the words of the page; `…` stands for words left out. */
  readonly words: string
  readonly proofs: readonly Proof[]
  /** The project that will prove it, while that project does not exist: `comes with @txkeep/provider`. */
  readonly waitsFor: string | undefined
}

/** A test by the project that runs it and its title, without the titles of the groups around it. */
export interface Proof {
  /** The package name without its scope: `fsm`. */
  readonly project: string
  /** The title; a `…` at its end stands for whatever follows, for a test that is made once for each row of a table. */
  readonly title: string
}

const COMES_WITH = /^comes with @txkeep\/([a-z-]+)$/
const ROW = /^\|\s*(L\d+\.\d+)\s*\|/

/** The rules that the tables of a compliance page list. A row looks like: `| L2.3 | words | fsm: title<br>migrate: title |`. */
export function parseCompliance(page: string): Rule[] {
  return page
    .split('\n')
    .filter((line) => ROW.test(line))
    .map((line) => parseRow(line))
}

function parseRow(line: string): Rule {
  const [, id = '', words = '', cell = ''] = line.split(/(?<!\\)\|/).map((text) => text.trim().replaceAll('\\|', '|'))
  return {
    id,
    words,
    proofs: parseProofs(cell),
    waitsFor: textsOf(cell)
      .map((proof) => COMES_WITH.exec(proof)?.[1])
      .find((project) => project !== undefined),
  }
}

/** The tests a cell names, one below the other. */
export function parseProofs(cell: string): Proof[] {
  return textsOf(cell).flatMap((proof) => parseProof(proof))
}

function textsOf(cell: string): string[] {
  return cell.split('<br>').map((proof) => proof.trim())
}

function parseProof(proof: string): Proof[] {
  const separator = proof.indexOf(': ')
  if (separator < 0) return []
  return [{ project: proof.slice(0, separator), title: proof.slice(separator + 2) }]
}
