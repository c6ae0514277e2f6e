import { InvalidArgumentError } from 'commander'

/** A whole number from 0 on, out of an option's text. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
