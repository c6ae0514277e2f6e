import { PROCESSING_STATUSES, type NewOutputRow, type OutputRow, type ProcessingStatus, type Store } from '@txkeep/core'
import { isOutputPending, isOutputSpendable, type OutputFacts, type TransactionFacts } from '@txkeep/spendability'
import { assert } from 'chai'
import { insertAction, seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present } from './assertions.js'

/** The tip every maturity in the table is measured against. */
const TIP_HEIGHT = 500

/**
 * `tx.outputs.refreshSpendable` over the whole truth table: every status × coinbase × aborted × spent × withheld × script ×
 * maturity, from every flag it could have had, against the pure rule of `@txkeep/spendability`.
 */
export const refreshTruthTableCases: readonly ContractCase[] = (
  [
    ['when no flag was set', { spendable: false, pending: false }, TIP_HEIGHT],
    ['when every flag was set', { spendable: true, pending: true }, TIP_HEIGHT],
    ['when no tip is known', { spendable: true, pending: false }, undefined],
  ] as const
).map(([title, flags, tip]) =>
  defineCase(`refreshSpendable: agrees with the rule on the whole truth table, ${title}`, async (store) => {
    if (tip !== undefined)
      await store.write((tx) => tx.chainTip.set({ height: tip, blockHash: null, merkleRoot: null }))
    const table = await storeTable(store, flags)
    const { examined, flipped } = await store.write((tx) => tx.outputs.refreshSpendable({}))
    const wrong: string[] = []
    let expectedFlips = 0
    for (const { stored, after, transaction, userAborted, label } of await readTable(store, table)) {
      const facts: OutputFacts = { ...stored, userAborted }
      const height = tip === undefined ? undefined : { height: tip }
      const spendable = isOutputSpendable(facts, transaction, height)
      const pending = isOutputPending(facts, transaction, height)
      if (spendable !== stored.spendable || pending !== stored.pending) expectedFlips += 1
      if (after.spendable !== spendable || after.pending !== pending) {
        wrong.push(`${label}: expected ${spendable}/${pending}, got ${after.spendable}/${after.pending}`)
      }
    }
    assert.lengthOf(wrong, 0, `${wrong.length} outputs wrong (spendable/pending), e.g. ${wrong.slice(0, 5).join('; ')}`)
    assert.deepEqual({ examined, flipped }, { examined: table.length, flipped: expectedFlips })
    const again = await store.write((tx) => tx.outputs.refreshSpendable({}))
    assert.deepEqual(again, { examined: table.length, flipped: 0 }, 'a second refresh')
  }),
)

interface TableEntry {
  readonly stored: OutputRow
  readonly transaction: TransactionFacts | undefined
  readonly userAborted: boolean
  readonly label: string
}

const SCRIPTS = {
  stored: { lockingScript: Uint8Array.of(0x51) },
  'in the raw transaction': { lockingScript: null, scriptOffset: 10, scriptLength: 5 },
  'at the very end of it': { lockingScript: null, scriptOffset: 10, scriptLength: 50 },
  'one byte beyond it': { lockingScript: null, scriptOffset: 10, scriptLength: 51 },
  'of no bytes': { lockingScript: null, scriptOffset: 10, scriptLength: 0 },
  'with an offset alone': { lockingScript: null, scriptOffset: 10 },
  unknown: { lockingScript: null },
} as const satisfies Record<string, Partial<NewOutputRow>>

const MATURITIES = [null, TIP_HEIGHT, TIP_HEIGHT + 1]

async function storeTable(
  store: Store,
  flags: { readonly spendable: boolean; readonly pending: boolean },
): Promise<TableEntry[]> {
  const { userId } = await seedUser(store)
  const spender = await seedAction(store, { userId, processing: 'draft', outputs: [] })
  const variants = [false, true].flatMap((spent) =>
    [false, true].flatMap((withheld) =>
      Object.entries(SCRIPTS).flatMap(([script, columns]) =>
        MATURITIES.map((maturesAtHeight) => ({ spent, withheld, script, columns, maturesAtHeight })),
      ),
    ),
  )
  const entries: TableEntry[] = []
  for (const owner of owners()) {
    await store.write(async (tx) => {
      const { action, transaction } = await insertAction(tx, {
        userId,
        processing: owner.processing,
        isCoinbase: owner.isCoinbase,
        outputs: [],
        action: { userAborted: owner.userAborted },
        ...(owner.processing === 'draft' ? {} : { transaction: { rawTx: owner.rawTx } }),
      })
      const rows = await tx.outputs.insertMany(
        variants.map((variant, vout) => ({
          userId,
          actionId: action.actionId,
          vout,
          satoshis: 1,
          providedBy: 'storage',
          purpose: 'change',
          type: 'P2PKH',
          ...flags,
          ...variant.columns,
          maturesAtHeight: variant.maturesAtHeight,
          spentByActionId: variant.spent ? spender.action.actionId : null,
          withheld: variant.withheld ? ('operator' as const) : null,
        })),
      )
      for (const [index, stored] of rows.entries()) {
        const { spent, withheld, script, maturesAtHeight } = present(variants[index], 'a variant')
        const label = JSON.stringify({
          ...owner,
          rawTx: owner.rawTx !== null,
          spent,
          withheld,
          script,
          maturesAtHeight,
          ...flags,
        })
        entries.push({ stored, transaction, userAborted: owner.userAborted, label })
      }
    })
  }
  return entries
}

interface Owner {
  readonly processing: ProcessingStatus | 'draft'
  readonly isCoinbase: boolean
  readonly userAborted: boolean
  readonly rawTx: Uint8Array | null
}

function owners(): Owner[] {
  const rawTx = new Uint8Array(60) // a script at 10 of length 50 ends exactly there
  return [...PROCESSING_STATUSES, 'draft' as const].flatMap((processing) => [
    { processing, isCoinbase: false, userAborted: false, rawTx },
    { processing, isCoinbase: true, userAborted: false, rawTx },
    { processing, isCoinbase: false, userAborted: true, rawTx },
    { processing, isCoinbase: true, userAborted: true, rawTx },
    { processing, isCoinbase: false, userAborted: false, rawTx: null },
  ])
}

async function readTable(
  store: Store,
  table: readonly TableEntry[],
): Promise<readonly (TableEntry & { readonly after: OutputRow })[]> {
  const rows = await store.read((tx) => tx.outputs.findByIds(table.map((entry) => entry.stored.outputId)))
  const byId = new Map(rows.map((row) => [row.outputId, row]))
  return table.map((entry) => {
    const after = byId.get(entry.stored.outputId)
    if (after === undefined) return assert.fail(`output ${entry.stored.outputId} is gone`)
    return { ...entry, after }
  })
}
