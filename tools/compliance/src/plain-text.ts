/** Markdown as a reader's eye sees it: no backticks, no emphasis, no cell borders, one space between words. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll('\\|', '\u0000')
    .replaceAll(/[`*]/g, '')
    .replaceAll('|', ' ')
    .replaceAll('\u0000', '|')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
