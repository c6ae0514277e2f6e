import type { SeededRandom } from '../seeded-random.js'

/** Baskets that actions put their own outputs into. */
export const BASKETS: readonly string[] = ['tokens', 'invoices', 'game items', 'notarized documents']

const TAGS: readonly string[] = ['paid', 'open', 'gift', 'year 2026', 'café', '日本', 'wichtig']
const LABELS: readonly string[] = ['shop', 'rent', 'salary', 'donation', 'test run', 'naïve label', '支払い']
const DESCRIPTIONS: readonly string[] = [
  'Pay for groceries',
  'Monthly rent',
  'Mint a token',
  'Refund – order nº 1042',
  'Geschenk für Zoë',
  'It\'s a "quoted" description; with, punctuation',
  '支払いの説明です',
]

/** A description a person could have written, with a number that makes it findable. */
export function someDescription(random: SeededRandom): string {
  return `${random.pick(DESCRIPTIONS)} #${random.integer(1, 99_999)}`
}

export function someLabels(random: SeededRandom): string[] {
  return someOf(LABELS, random)
}

export function someTags(random: SeededRandom): string[] {
  return someOf(TAGS, random)
}

function someOf(items: readonly string[], random: SeededRandom): string[] {
  return items.filter(() => random.chance(0.3)).slice(0, 3)
}
