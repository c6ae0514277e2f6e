import { FINDING_CLASSES } from '../finding-class.js'

/** Why coins count on one side only, in plain words. Classes of findings have their own title. */
export function differenceWords(difference: { readonly class: string; readonly direction: 'left' | 'joined' }): string {
  const words = WORDS[difference.class]
  if (words !== undefined) return typeof words === 'string' ? words : words[difference.direction]
  return isFindingClass(difference.class) ? FINDING_CLASSES[difference.class].title : difference.class
}

const WORDS: Readonly<Record<string, string | { readonly left: string; readonly joined: string }>> = {
  'transaction-not-accepted':
    'the transaction that made them was not accepted by the network yet; they count as soon as it is',
  'transaction-accepted': {
    left: 'the network accepted the transaction',
    joined: 'the network accepted their transaction, which the legacy status did not say',
  },
  'transaction-on-its-way': 'their transaction is on its way to the network',
  'transaction-gone': 'the network refused the transaction that made them, so they never came to be',
  'action-aborted': 'the user gave the transaction up',
  'already-spent': 'spent already: the legacy flag was left behind',
  commission: 'the commission of the wallet service, which is not the user’s',
  'dangling-spent-by': 'marked as spent by a transaction that is not there',
  'immature-coinbase': 'a block reward that is not old enough to be spent; it counts later',
  'no-script': 'no locking script is stored, so nothing could unlock them',
  'legacy-flag': {
    left: 'the legacy flag called them spendable',
    joined: 'the legacy flag called them unspendable without a reason',
  },
}

function isFindingClass(name: string): name is keyof typeof FINDING_CLASSES {
  return Object.hasOwn(FINDING_CLASSES, name)
}
