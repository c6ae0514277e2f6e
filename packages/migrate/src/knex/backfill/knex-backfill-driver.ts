import type { BackfillDriver, BackfillPosition, BackfillStage, RangeResult } from '../../backfill-driver.js'
import { VerificationFailedError } from '../../migration-error.js'
import type { MigrationStats } from '../../migration-stats.js'
import { missingCaptureTriggers } from '../capture.js'
import { INDEX_GROUPS, missingIndexes, type IndexGroup } from '../ensure-indexes.js'
import type { NamedStatement } from '../dialect/migration-dialect.js'
import type { MigrationRun } from '../migration-run.js'
import { readLegacySchema } from '../schema/legacy-schema.js'
import { readLooseSchema } from '../schema/loose-schema.js'
import { newName, REBUILT_TABLES } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'
import type { StatementContext } from '../statements/statement-context.js'
import { CATCH_UP_BATCH, catchUpBatch, hasOutboxRows } from './catch-up.js'
import { settleChainTip } from './chain-tip.js'
import { readStats } from './read-stats.js'
import { KeyRanges } from './key-ranges.js'
import { LegacyFacts } from './legacy-facts.js'
import { BACKFILL_PASSES, type BackfillPass, type DerivedKind } from './passes.js'
import { clearWorkTables, createWorkTables } from './work-tables.js'

/** Which indexes a pass needs to have before it begins, when they were not made before the fill. */
const INDEXES_BEFORE: Readonly<Record<string, readonly IndexGroup[]>> = {
  'transactions-proofs': ['txids'],
  actions: ['transactions'],
  outputs: ['actions'],
}

/** Below every number of a row, also below those a map may name and no row has: a legacy map is never checked. Any engine's key column holds it. */
const BEFORE_ALL = -2_147_483_648

/** The backfill of an SQL database: set-based statements over ranges of legacy keys, one session under the migration lease. */
export class KnexBackfillDriver implements BackfillDriver {
  readonly stages: readonly BackfillStage[] = BACKFILL_PASSES
  readonly #run: MigrationRun
  readonly #batchKeys: number
  readonly #ranges: KeyRanges
  readonly #complete: Set<IndexGroup> = new Set()
  #context: StatementContext | undefined
  #facts: LegacyFacts | undefined

  /** `batchKeys`: how many captured keys one commit follows at most. */
  constructor(run: MigrationRun, batchKeys: number = CATCH_UP_BATCH) {
    this.#run = run
    this.#batchKeys = batchKeys
    this.#ranges = new KeyRanges(run.session)
  }

  async begin({ online }: { readonly online: boolean }): Promise<BackfillPosition> {
    const { session } = this.#run
    await this.#prepare()
    if (!online) this.#facts = new LegacyFacts()
    const missing = await missingCaptureTriggers(session)
    if (missing.length > 0) {
      throw new VerificationFailedError(
        `Capture triggers are missing (${missing.slice(0, 3).join(', ')}), so writes may have been lost. Run txkeep-migrate capture stop, then capture start, and backfill again.`,
      )
    }
    const state = await this.#run.state()
    if (state.phase === 'capturing' && state.pass === null) return await this.#startOver(online)
    if (online) await this.#ensureIndexes(INDEX_GROUPS)
    if (state.pass === null || state.pass === DONE) return { stage: undefined, after: BEFORE_ALL }
    return { stage: state.pass, after: Number(state.cursorJson ?? BEFORE_ALL) }
  }

  async estimate(stage: string): Promise<number> {
    return await this.#ranges.count(this.#passOf(stage))
  }

  async runRange(position: BackfillPosition, size: number): Promise<RangeResult> {
    const pass = this.#passOf(position.stage ?? '')
    const following = new Stopwatch()
    await following.time(() => this.#followBacklog(pass.kind))
    await this.#run.step(`backfill:${pass.name}:range`)
    const { session } = this.#run
    const range = await this.#run.commit(async () => {
      await following.time(() => this.#followInside(pass.kind))
      const found = await this.#ranges.above(pass, position.after, size)
      if (found === undefined) return undefined
      await clearWorkTables(session)
      const { upTo, keys } = found
      await pass.work(session, this.#statements(), { after: position.after, upTo, keys, facts: this.#facts })
      await this.#run.step(`backfill:${pass.name}:written`)
      await this.#run.save({ pass: pass.name, cursorJson: String(upTo) })
      return { upTo, keys }
    })
    await this.#run.step(`backfill:${pass.name}:committed`)
    const followingMs = following.elapsedMs
    if (range?.keys === size) return { position: { stage: pass.name, after: range.upTo }, keys: size, followingMs }
    // Nothing lies above: what comes from now on is captured and followed.
    return { position: await this.#nextPass(pass), keys: range?.keys ?? 0, followingMs }
  }

  async catchUp(): Promise<number> {
    if (!(await hasOutboxRows(this.#run.session))) return 0
    return await this.#followOneBatch('all')
  }

  async finish(): Promise<MigrationStats> {
    const { session } = this.#run
    const before = await this.#run.state()
    await this.#run.step('backfill:finish')
    const stats = await this.#run.commit(async () => {
      const counted = await readStats(session)
      if (before.phase === 'capturing') {
        for (const table of ['transactions', 'actions', ...REBUILT_TABLES.slice(1)]) {
          const row = await session.get<{ n: number }>(`select count(*) as n from ${newName(table)}`)
          await session.run(
            `insert into tx_audit (created_at, updated_at, event, details_json) values (${session.dialect.now}, ${session.dialect.now}, 'migration.backfilled', ?)`,
            [JSON.stringify({ who: 'operator', table, rows: row?.n ?? 0 })],
          )
        }
        await this.#run.save({ phase: 'backfilled', pass: DONE, cursorJson: null })
      }
      await this.#run.step('backfill:finishing')
      return counted
    })
    if (before.phase === 'capturing')
      await this.#run.emit({ type: 'phase-changed', from: 'capturing', to: 'backfilled' })
    await this.#run.step('backfill:done')
    return stats
  }

  /** Temporary tables and the legacy schema; for callers that only catch up. */
  async prepareCatchUp(): Promise<void> {
    await this.#prepare()
    await this.#ensureIndexes(INDEX_GROUPS)
  }

  /** Inside a commit: follows everything captured so far. */
  async drain(): Promise<number> {
    let taken = 0
    for (;;) {
      const changes = await this.#takeBatch('all')
      if (changes === 0) return taken
      taken += changes
    }
  }

  async #prepare(): Promise<void> {
    const { session } = this.#run
    this.#context = {
      dialect: session.dialect,
      legacy: await readLegacySchema(session),
      loose: await readLooseSchema(session),
    }
    await session.dialect.show(session)
    await createWorkTables(session)
  }

  async #startOver(online: boolean): Promise<BackfillPosition> {
    const first = BACKFILL_PASSES[0]?.name ?? DONE
    await this.#run.commit(async () => {
      await clearNewTables(this.#run.session)
      await this.#run.save({ pass: first, cursorJson: String(BEFORE_ALL) })
    })
    if (online) await this.#ensureIndexes(INDEX_GROUPS)
    return { stage: first, after: BEFORE_ALL }
  }

  async #nextPass(pass: BackfillPass): Promise<BackfillPosition> {
    const next = BACKFILL_PASSES[BACKFILL_PASSES.indexOf(pass) + 1]
    await this.#ensureIndexes(next === undefined ? INDEX_GROUPS : (INDEXES_BEFORE[next.name] ?? []))
    await this.#run.step(`backfill:${pass.name}:done`)
    await this.#run.commit(async () => {
      if (pass.name === 'transactions-rows') await settleChainTip(this.#run.session)
      await this.#run.save({ pass: next?.name ?? DONE, cursorJson: String(BEFORE_ALL) })
    })
    return { stage: next?.name, after: BEFORE_ALL }
  }

  /** A group at a time: an index is made in one go, and each commit costs a flush of the disk. */
  async #ensureIndexes(groups: readonly IndexGroup[]): Promise<void> {
    for (const group of groups) {
      if ((await this.#missing(group)).length === 0) continue
      await this.#run.step(`backfill:index:${group}`)
      await this.#run.commit(async () => {
        await this.#makeIndexes([group])
        await this.#run.step(`backfill:index:${group}:made`)
      })
    }
  }

  /** Inside a commit. */
  async #makeIndexes(groups: readonly IndexGroup[]): Promise<void> {
    const { session } = this.#run
    for (const group of groups) await session.dialect.makeIndexes(session, await this.#missing(group))
  }

  /** What was found to be there once is not looked for again: some engines take long to say what their schema is. */
  async #missing(group: IndexGroup): Promise<NamedStatement[]> {
    if (this.#complete.has(group)) return []
    const missing = await missingIndexes(this.#run.session, group)
    if (missing.length === 0) this.#complete.add(group)
    return missing
  }

  /** Many pending changes are followed in commits of their own, so that none holds the database for long. */
  async #followBacklog(begun: DerivedKind | undefined): Promise<void> {
    while (await hasMoreThan(this.#run.session, this.#batchKeys)) await this.#followOneBatch(begun)
  }

  /** Inside a commit: everything captured so far, so that a range never overtakes a change. */
  async #followInside(begun: DerivedKind | undefined): Promise<void> {
    if (!(await hasOutboxRows(this.#run.session))) return
    await this.#makeIndexes(groupsOf(begun))
    while (await hasOutboxRows(this.#run.session)) await this.#takeBatch(begun)
  }

  async #followOneBatch(begun: DerivedKind | 'all' | undefined): Promise<number> {
    await this.#ensureIndexes(groupsOf(begun))
    await this.#run.step('catch-up:begin')
    const changes = await this.#run.commit(async () => {
      const taken = await this.#takeBatch(begun)
      await this.#run.step('catch-up:derived')
      return taken
    })
    await this.#run.step('catch-up:committed')
    return changes
  }

  async #takeBatch(begun: DerivedKind | 'all' | undefined): Promise<number> {
    this.#facts?.forget()
    return await catchUpBatch(
      this.#run.session,
      this.#statements(),
      begun,
      () => this.#run.step('catch-up:taken'),
      this.#batchKeys,
    )
  }

  #statements(): StatementContext {
    if (this.#context === undefined) throw new Error('begin() has not been called')
    return this.#context
  }

  #passOf(name: string): BackfillPass {
    const pass = BACKFILL_PASSES.find((candidate) => candidate.name === name)
    if (pass === undefined)
      throw new VerificationFailedError(
        `The backfill stopped in ${name}, a stage this build does not know. Use the build that began it.`,
      )
    return pass
  }
}

/** Adds up how long some of the work took. */
class Stopwatch {
  elapsedMs = 0

  async time(work: () => Promise<void>): Promise<void> {
    const began = performance.now()
    await work()
    this.elapsedMs += performance.now() - began
  }
}

/** `migration_state.pass` when no stage is left. */
const DONE = 'done'

/** Following changes looks rows up by these; without them every look-up would read a whole table. */
function groupsOf(begun: DerivedKind | 'all' | undefined): readonly IndexGroup[] {
  if (begun === undefined) return []
  if (begun === 'all') return INDEX_GROUPS
  const reach: Readonly<Record<DerivedKind, number>> = {
    transactions: 2,
    actions: 3,
    outputs: 4,
    commissions: 5,
    labels: 5,
    tags: 5,
  }
  return [...INDEX_GROUPS.slice(0, reach[begun]), 'log']
}

async function hasMoreThan(session: SqlSession, rows: number): Promise<boolean> {
  return (await session.get('select 1 from migration_outbox limit 1 offset ?', [rows])) !== undefined
}

async function clearNewTables(session: SqlSession): Promise<void> {
  const tables = [
    ...[...REBUILT_TABLES].reverse().map(newName),
    'actions',
    'chain_tip',
    'migration_scan',
    'migration_scan_inputs',
    'migration_scan_keys',
    'migration_scan_cases',
    'migration_scan_twins',
    'migration_scan_placeholders',
    'migration_findings',
  ]
  for (const table of tables) await session.run(`delete from ${table}`)
  await session.run(`delete from tx_audit where event in ('legacy.history', 'migration.backfilled')`)
}
