import type { AuditEvent, AuditRow, Clock, OutputRow, Store, TransactionRow } from '@txkeep/core'
import { TransactionService, verifyProof, type VerifiedProof } from '@txkeep/lifecycle'
import { assert } from 'chai'
import { buildProof } from '../builders/build-proof.js'
import { hashOf } from '../builders/hash-of.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present } from '../store-contract/assertions.js'

/** What a case about `TransactionService` works with. */
export interface Bench {
  readonly store: Store
  readonly service: TransactionService
  readonly clock: TestClock
}

/** A clock that stands still until it is told to go on. */
export interface TestClock extends Clock {
  advance(ms: number): void
}

/** A case that gets a fresh store with a service on it, at a fixed moment. */
export function serviceCase(name: string, body: (bench: Bench) => Promise<void>): ContractCase {
  return defineCase(name, (store) => body(benchOn(store)))
}

/** A service on this store whose time stands still and whose jitter is nought. */
export function benchOn(store: Store): Bench {
  const clock = testClock()
  return { store, clock, service: new TransactionService({ store, clock, random: () => 0, who: 'test' }) }
}

/** `2026-01-01T00:00:00Z`, until it is advanced. */
function testClock(): TestClock {
  let now = Date.UTC(2026, 0, 1)
  return {
    now: () => new Date(now),
    advance: (ms) => {
      now += ms
    },
  }
}

/** A verified proof for `txid` in a made-up block of this height, or of another block with the same height. */
export function proofFor(
  txid: string,
  height: number,
  place: { merkleIndex?: number; fork?: string } = {},
): Promise<VerifiedProof> {
  const built = buildProof({
    txid,
    height,
    ...(place.merkleIndex === undefined ? {} : { merkleIndex: place.merkleIndex }),
  })
  const hash = blockHashAt(height, place.fork)
  return verifyProof(built.merklePath, txid, {
    isValidRootForHeight: async () => true,
    findHeaderForHeight: async () => ({
      version: 1,
      previousHash: hashOf('previous'),
      merkleRoot: built.merkleRoot,
      time: 0,
      bits: 0,
      nonce: 0,
      height,
      hash,
    }),
  })
}

/** The hash `proofFor` gives the block at this height. */
export function blockHashAt(height: number, fork = 'main'): string {
  return hashOf(`${fork} block ${height}`)
}

export async function transactionOf(store: Store, transactionId: number): Promise<TransactionRow> {
  return present(await store.read((tx) => tx.transactions.findById(transactionId)), `transaction ${transactionId}`)
}

export async function outputOf(store: Store, output: Pick<OutputRow, 'outputId'>): Promise<OutputRow> {
  return present(await store.read((tx) => tx.outputs.findById(output.outputId)), `output ${output.outputId}`)
}

/** The audit rows of a transaction, all or those of one event, oldest first. */
export async function auditOf(store: Store, transactionId: number, event?: AuditEvent): Promise<AuditRow[]> {
  const rows = await store.read((tx) => tx.audit.findByTransaction(transactionId))
  return event === undefined ? rows : rows.filter((row) => row.event === event)
}

/** `from→to` of every change of status in the audit, oldest first. */
export async function movesOf(store: Store, transactionId: number): Promise<string[]> {
  return (await auditOf(store, transactionId, 'processing.changed')).map((row) => `${row.fromState}→${row.toState}`)
}

export function detailsOf(row: AuditRow | undefined): Record<string, unknown> {
  const parsed: unknown = JSON.parse(present(row?.detailsJson ?? undefined, 'details'))
  if (typeof parsed !== 'object' || parsed === null) assert.fail('details must be an object')
  return { ...parsed }
}
