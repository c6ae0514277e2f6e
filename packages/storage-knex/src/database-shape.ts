import { NotAWalletError, SCHEMA_VERSION, SchemaVersionError } from '@txkeep/core'

import type { Catalogue } from './dialect/dialect.js'

/** What a database holds, as its catalogue says; the catalogue is the truth, not a row that claims something. */
export type DatabaseShape =
  | { readonly kind: 'empty' }
  | { readonly kind: 'ours'; readonly version: number | undefined }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'legacy'; readonly phase: string | undefined }
  | { readonly kind: 'foreign' }

/** What is asked of a database to tell its shape. */
export interface ShapeFacts {
  readonly catalogue: Catalogue
  /** `migration_state.phase`, where that table is. */
  readonly migrationPhase: string | undefined
  /** The highest number in `txkeep_migrations`, where that table is. */
  readonly schemaVersion: number | undefined
}

export function databaseShape(facts: ShapeFacts): DatabaseShape {
  const { catalogue } = facts
  if (catalogue.size === 0) return { kind: 'empty' }
  const transactions = catalogue.get('transactions')
  const isMigrating = catalogue.has('migration_state')
  if (catalogue.has('txkeep_migrations') && facts.schemaVersion === undefined && !isMigrating)
    return { kind: 'unfinished' }
  if (transactions?.has('processing') && catalogue.has('actions') && catalogue.has('outputs')) {
    return { kind: 'ours', version: facts.schemaVersion }
  }
  const isLegacy = transactions?.has('status') === true && catalogue.has('proven_tx_reqs')
  if (isLegacy || isMigrating) return { kind: 'legacy', phase: facts.migrationPhase }
  return { kind: 'foreign' }
}

/**
 * Refuses every shape a store cannot be opened on. `name` is the redacted URL, for the message.
 *
 * @throws {NotAWalletError} if the database is empty, holds something else, or a legacy wallet that is not migrated yet.
 * @throws {SchemaVersionError} if its schema is of another version.
 */
export function assertOurShape(shape: DatabaseShape, name: string): void {
  switch (shape.kind) {
    case 'empty':
      throw new NotAWalletError(`${name} is empty. Open it with create: true to make a new store in it.`)
    case 'unfinished':
      throw new NotAWalletError(
        `${name} holds a store whose making was interrupted. Open it with create: true to finish it.`,
      )
    case 'foreign':
      throw new NotAWalletError(`${name} is a database, but holds no wallet this build knows. Check the path.`)
    case 'legacy':
      throw new NotAWalletError(legacyMessage(name, shape.phase))
    case 'ours':
      assertVersion(shape.version, name)
  }
}

function legacyMessage(name: string, phase: string | undefined): string {
  const untouched = phase === undefined || phase === 'none'
  const state = untouched ? 'holds a legacy wallet' : `is in the middle of its migration (phase ${phase})`
  return `${name} ${state}. Run \`txkeep-migrate run --db ${name}\` first, or open it with waitForCutover: true.`
}

function assertVersion(found: number | undefined, name: string): void {
  if (found === SCHEMA_VERSION) return
  const expected = SCHEMA_VERSION
  if (found === undefined) {
    throw new SchemaVersionError(
      `${name} has our tables, but no schema version. Run \`txkeep-migrate status --db ${name}\`.`,
      found,
      expected,
    )
  }
  const advice =
    found > expected ? 'Update txkeep; nothing was changed' : 'It is older than any release; restore a backup'
  throw new SchemaVersionError(
    `${name} has schema version ${found}, and this build works with ${expected}. ${advice}.`,
    found,
    expected,
  )
}
