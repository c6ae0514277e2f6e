import { plainText } from './plain-text.js'

/** One piece of a page that states rules: a paragraph, a list item or a whole table, with the section it stands in. */
export interface RuleBlock {
  /** The number of the section heading: `2` for `## 2. Legal transitions`. */
  readonly section: string
  /** As {@link plainText} gives it. */
  readonly text: string
}

const HEADING = /^## (\d+)\. /
const LIST_ITEM = /^(- |\d+\. )/

/** Every block of a page's numbered sections, in order. Text before the first numbered section states no rule. */
export function ruleBlocks(page: string): RuleBlock[] {
  const blocks: RuleBlock[] = []
  let section = ''
  let lines: string[] = []
  const finish = (): void => {
    if (section !== '' && lines.length > 0) blocks.push({ section, text: plainText(lines.join(' ')) })
    lines = []
  }
  for (const line of page.split('\n')) {
    const heading = HEADING.exec(line)
    if (heading !== null || line.trim() === '' || LIST_ITEM.test(line)) finish()
    if (heading !== null) section = heading[1] ?? ''
    else if (line.trim() !== '' && !line.startsWith('#')) lines.push(line)
  }
  finish()
  return blocks
}
