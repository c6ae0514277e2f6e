/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact'

const LONGEST = 160

/**
 * Text out of a wallet, as text. The renderer escapes markup; this takes away what escaping leaves: control characters,
 * half characters, marks that turn the reading direction of what follows, and endless length.
 */
export function WalletText({ children }: { readonly children: string }): JSX.Element {
  return <bdi>{harmless(children)}</bdi>
}

export function harmless(text: string): string {
  // These characters are exactly what must not reach a page
  const visible = text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD')
  return visible.length > LONGEST ? `${visible.slice(0, LONGEST).toWellFormed()}…` : visible
}
