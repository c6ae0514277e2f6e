import type { Match, MonitorEventRow, NewTransactionRow } from '@txkeep/core'

import { damagedUnits, type Fault } from './faulty-store.js'

/** Stores with broken leases, tasks, plain tables and values. */
export const otherFaults: readonly Fault[] = [
  {
    title: 'a lease is given to its holder again',
    caughtBy: 'leases: a held lease is refused to everybody, its holder included',
    damage: damagedUnits(({ leases }) => ({
      leases: {
        claim: async (claim) => {
          const held = await leases.find(claim.taskName)
          return held?.ownerId === claim.ownerId ? { claimed: true, lease: held } : leases.claim(claim)
        },
      },
    })),
  },
  {
    title: 'every lease has the same fence',
    caughtBy: 'leases: every claim has a higher fence than ever before, released or not',
    damage: damagedUnits(({ leases }) => ({
      leases: {
        claim: async (claim) => {
          const answer = await leases.claim(claim)
          return answer.claimed ? { ...answer, lease: { ...answer.lease, fence: 1 } } : answer
        },
        release: async (guard, schedule) => {
          const lease = await leases.find(guard.taskName)
          return lease === undefined ? false : leases.release(lease, schedule)
        },
      },
    })),
  },
  {
    title: 'a lease that ran out can be renewed',
    caughtBy: 'leases: one that ran out is lost even if nobody took it',
    damage: damagedUnits(({ leases }) => ({
      leases: {
        renew: async (guard, ttlMs) => {
          const renewed = await leases.renew(guard, ttlMs)
          if (renewed !== undefined) return renewed
          const claim = await leases.claim({ ...guard, ttlMs, evenIfNotDue: true })
          return claim.claimed ? claim.lease : undefined
        },
      },
    })),
  },
  {
    title: 'a release that came too late still writes its cursor',
    caughtBy: 'leases: one that ran out is lost even if nobody took it',
    damage: damagedUnits(({ leases, tasks }) => ({
      leases: {
        release: async (guard, schedule = {}) => {
          if (schedule.cursor !== undefined) await tasks.setCursor(guard.taskName, schedule.cursor)
          return leases.release(guard, schedule)
        },
      },
    })),
  },
  {
    title: 'a wake during a run is done when the run is',
    caughtBy: 'tasks: a wake during the run makes the task run again',
    damage: damagedUnits(({ leases, tasks }) => ({
      leases: {
        release: async (guard, schedule = {}) => {
          const task = await tasks.find(guard.taskName)
          return leases.release(guard, { ...schedule, doneSeq: task?.wakeSeq ?? 0 })
        },
      },
    })),
  },
  {
    title: 'a release puts back what its schedule leaves out',
    caughtBy: 'tasks: a release changes only what its schedule names',
    damage: damagedUnits(({ leases }) => ({
      leases: {
        release: (guard, schedule = {}) => leases.release(guard, { cursor: null, outcomeJson: null, ...schedule }),
      },
    })),
  },
  {
    title: 'null in a match is no condition',
    caughtBy: 'entities: null matches absence and nothing else',
    damage: damagedUnits(({ monitorEvents }) => ({
      monitorEvents: { find: (match, page) => monitorEvents.find(withoutNull(match), page) },
    })),
  },
  {
    title: 'an array in a match means its first value',
    caughtBy: 'entities: every given column must match, and no column matches everything',
    damage: damagedUnits(({ baskets }) => ({
      baskets: {
        find: (match, page) => {
          const first = Object.entries(match).map(([name, value]): [string, unknown] => [
            name,
            Array.isArray(value) && value.length > 0 ? (value[0] as unknown) : value,
          ])
          return baskets.find(Object.fromEntries(first), page)
        },
      },
    })),
  },
  {
    title: 'an offset is ignored',
    caughtBy: 'entities: find answers in key order, and pages through it either way',
    damage: damagedUnits(({ baskets }) => ({
      baskets: { find: (match, page) => baskets.find(match, { ...page, offset: 0 }) },
    })),
  },
  {
    title: 'insertIfAbsent changes the row that is there',
    caughtBy: 'baskets: a taken unique key is refused by insert and answered by insertIfAbsent',
    damage: damagedUnits(({ baskets }) => ({
      baskets: {
        insertIfAbsent: async (row) => {
          const answer = await baskets.insertIfAbsent(row)
          if (answer.inserted) return answer
          const { basketId } = answer.row
          await baskets.update({ basketId }, { numberOfDesiredUTXOs: row.numberOfDesiredUTXOs })
          return { row: (await baskets.get({ basketId }))!, inserted: false }
        },
      },
    })),
  },
  {
    title: 'deleting what is not there succeeds',
    caughtBy: 'labels: a row is inserted, read, changed and deleted by its key',
    damage: damagedUnits(({ labels }) => ({
      labels: {
        delete: async (key) => {
          await labels.delete(key)
          return true
        },
      },
    })),
  },
  {
    title: 'times are kept to the second',
    caughtBy: 'stored values: time keeps its milliseconds, before 1970 and after 2038 too',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        insertIfAbsent: (row) => {
          const nextActionAt = new Date(Math.floor((row.nextActionAt?.getTime() ?? 0) / 1000) * 1000)
          return transactions.insertIfAbsent({ ...row, nextActionAt })
        },
      },
    })),
  },
  {
    title: 'large bytes are cut',
    caughtBy: 'stored values: two megabytes come back as they were, in every bytes column',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        insertIfAbsent: (row) => transactions.insertIfAbsent(withRawTx(row, row.rawTx?.slice(0, 1_048_576) ?? null)),
      },
    })),
  },
  {
    title: 'no bytes are nothing',
    caughtBy: 'stored values: no bytes at all come back as they were, in every bytes column',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        insertIfAbsent: (row) => transactions.insertIfAbsent(withRawTx(row, row.rawTx?.length ? row.rawTx : null)),
      },
    })),
  },
  {
    title: 'the driver’s own bytes come back',
    caughtBy: 'stored values: every byte value come back as they were, in every bytes column',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        findById: async (id) => {
          const row = await transactions.findById(id)
          return row?.rawTx ? { ...row, rawTx: Buffer.from(row.rawTx) } : row
        },
      },
    })),
  },
  {
    title: 'names lose their trailing spaces',
    caughtBy: 'stored values: names that differ by case, accent or a trailing space are different names',
    failsWith: 'UniqueViolationError',
    damage: damagedUnits(({ baskets }) => ({
      baskets: { insert: (row) => baskets.insert({ ...row, name: row.name.trimEnd() }) },
    })),
  },
  {
    title: 'NUL is dropped silently',
    caughtBy: 'stored values: a NUL in new text is refused, and nothing is written',
    damage: damagedUnits(({ audit }) => ({
      audit: {
        append: (rows) =>
          audit.append(rows.map((row) => ({ ...row, detailsJson: row.detailsJson?.replaceAll('\u0000', '') ?? null }))),
      },
    })),
  },
  {
    title: 'long lists are cut at the parameters of one statement',
    caughtBy: 'long lists: rows found through many ids keep one order throughout',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { findByOutpoints: (outpoints) => outputs.findByOutpoints(outpoints.slice(0, 32_766)) },
    })),
  },
]

function withoutNull(match: Match<MonitorEventRow>): Match<MonitorEventRow> {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== null))
}

function withRawTx(row: NewTransactionRow, rawTx: Uint8Array | null): NewTransactionRow {
  return { ...row, rawTx }
}
