/** A fenced block of TypeScript in a Markdown page. */
export interface CodeBlock {
  /** The line of the page that its code begins on, counted from 1. */
  readonly line: number
  readonly code: string
}

const FENCED = /^```(?:ts|typescript)\n([\s\S]*?)^```$/gm

/** The TypeScript blocks of a page, in order. */
export function codeBlocks(page: string): CodeBlock[] {
  return [...page.matchAll(FENCED)].map((match) => ({
    line: page.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }))
}
