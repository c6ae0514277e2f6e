import type Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'

/**
 * One write as the legacy application does it when it creates an action: a draft with three outputs, in one transaction.
 * Returns the function that does the next one.
 */
export function legacyWrites(connection: Database.Database): () => void {
  const userId = connection.prepare('SELECT min(userId) FROM users').pluck().get()
  const basketId = connection.prepare('SELECT min(basketId) FROM output_baskets WHERE userId = ?').pluck().get(userId)
  const insertAction = connection.prepare(
    `INSERT INTO transactions (created_at, updated_at, userId, status, reference, isOutgoing, satoshis, version, lockTime, description)
     VALUES (?, ?, ?, 'unsigned', ?, 1, -1000, 1, 0, 'a payment in the making')`,
  )
  const insertOutput = connection.prepare(
    `INSERT INTO outputs (created_at, updated_at, userId, transactionId, basketId, spendable, "change", vout, satoshis, providedBy, purpose, type, outputDescription)
     VALUES (?, ?, ?, ?, ?, 0, 1, ?, 1000, 'storage', 'change', 'P2PKH', '')`,
  )
  return connection.transaction(() => {
    const now = new Date().toISOString()
    const reference = randomBytes(9).toString('base64')
    const { lastInsertRowid } = insertAction.run(now, now, userId, reference)
    for (let vout = 0; vout < 3; vout++) insertOutput.run(now, now, userId, lastInsertRowid, basketId, vout)
  }).immediate
}
