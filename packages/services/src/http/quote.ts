/**
 * What a provider said, short and safe for a message: one line, no secret of ours that it echoes, no raw transaction.
 */
export function quote(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
  const line = hidden
    .replace(/[0-9a-f]{65,}/gi, '[bytes]')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
  return JSON.stringify(line.length > 160 ? `${line.slice(0, 159)}…` : line)
}
