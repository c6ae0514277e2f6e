/** What a special label makes of a list. Source: docs/spec/wallet-storage.md §8. */
export interface ActionListOperation {
  readonly standing: 'nosend' | 'failed'
  /** Do this to each listed action: give it up, or have the network asked about it again. */
  readonly act: 'abort' | 'unfail' | undefined
  /** Labels that remain, to filter by. */
  readonly labels: readonly string[]
}

/** The published labels that stand for an operation. */
export const NOSEND_ACTIONS_LABEL = 'ac6b20a3bb320adafecd637b25c84b792ad828d3aa510d05dc841481f664277d'
export const FAILED_ACTIONS_LABEL = '97d4eb1e49215e3374cc2c1939a7c43a55e95c7427bf2d45ed63e3b4e0c88153'

/** The operation these labels name, or undefined when they are only labels. */
export function readActionListOperation(labels: readonly string[]): ActionListOperation | undefined {
  if (labels.includes(NOSEND_ACTIONS_LABEL)) return operation('nosend', 'abort', NOSEND_ACTIONS_LABEL, labels)
  if (labels.includes(FAILED_ACTIONS_LABEL)) return operation('failed', 'unfail', FAILED_ACTIONS_LABEL, labels)
  return undefined
}

function operation(
  standing: ActionListOperation['standing'],
  act: 'abort' | 'unfail',
  name: string,
  labels: readonly string[],
): ActionListOperation {
  return {
    standing,
    act: labels.includes(act) ? act : undefined,
    labels: labels.filter((label) => label !== name && label !== act),
  }
}
