import { InvalidArgumentError } from 'commander'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds out of an option's text: a whole number and its unit, e.g. `90s`, `10m`, `6h`, `7d`. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit ?? '']
  if (amount === undefined || unitMs === undefined) {
    throw new InvalidArgumentError('It must be a whole number with a unit, like 90s, 10m, 6h or 7d.')
  }
  return Number(amount) * unitMs
}
