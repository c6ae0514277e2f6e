import { NotFoundError, checkTxid, type ActionRow, type NewActionRow, type TransactionRow } from '@txkeep/core'
import { checkName, checkText } from './check-text.js'
import { addLabels } from './find-or-create-names.js'
import { holdInputs } from './hold-inputs.js'
import { holdsInputs } from './status-groups.js'
import { auditRow, type Unit } from './unit.js'

export type ActionForTxid = Pick<NewActionRow, 'userId' | 'reference'> &
  Partial<
    Pick<
      NewActionRow,
      'description' | 'isOutgoing' | 'satoshisDelta' | 'version' | 'lockTime' | 'userNosend' | 'hidden' | 'notifyJson'
    >
  > & {
    readonly txid: string
    readonly labels?: readonly string[]
  }

export interface FoundAction {
  readonly action: ActionRow
  readonly transaction: TransactionRow
  /** False when the user had an action of this transaction: then only labels were added. */
  readonly isNew: boolean
}

/**
 * The user's action of a stored transaction, found or created. A new one takes the user's coins that a live transaction
 * consumes. Concurrent callers get the same action.
 *
 * @throws {NotFoundError} if no transaction has this txid, or there is no such user.
 */
export async function findOrCreateActionForTxid(unit: Unit, request: ActionForTxid): Promise<FoundAction> {
  const { txid, labels = [], ...columns } = request
  checkTxid('txid', txid)
  checkName('reference', request.reference)
  checkText('description', request.description)
  const transaction = await unit.tx.transactions.findByTxid(txid)
  if (transaction === undefined) throw new NotFoundError('transaction', txid)
  const { userId } = request
  if ((await unit.tx.users.get({ userId })) === undefined) throw new NotFoundError('user', userId)
  const { row: action, inserted } = await unit.tx.actions.insertIfAbsent({
    ...columns,
    transactionId: transaction.transactionId,
  })
  await addLabels(unit.tx, userId, action.actionId, labels)
  if (!inserted) return { action, transaction, isNew: false }
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'action.created',
      actionId: action.actionId,
      transactionId: transaction.transactionId,
      toState: transaction.processing,
      details: { reference: request.reference },
    }),
  ])
  if (holdsInputs(transaction.processing)) await holdInputs(unit, [transaction])
  return { action, transaction, isNew: true }
}
