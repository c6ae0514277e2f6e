import { damagedUnits, type Fault } from './faulty-store.js'

/** Stores with broken `transactions`, `actions` and `audit`. */
export const transactionFaults: readonly Fault[] = [
  {
    title: 'insertIfAbsent overwrites the stored transaction',
    caughtBy: 'transactions: insertIfAbsent leaves a stored row untouched and answers with it',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        insertIfAbsent: async (row) => {
          const answer = await transactions.insertIfAbsent(row)
          if (answer.inserted) return answer
          const changed = await transactions.update(answer.row.transactionId, { batch: row.batch ?? null })
          return { row: changed!, inserted: false }
        },
      },
    })),
  },
  {
    title: 'insertIfAbsent takes another row with the same idempotency key for the one asked for',
    caughtBy: 'transactions: an idempotency key belongs to one txid',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        insertIfAbsent: async (row) => {
          const same = await transactions.findByIdempotencyKey(row.idempotencyKey ?? 'none')
          return same === undefined ? transactions.insertIfAbsent(row) : { row: same, inserted: false }
        },
      },
    })),
  },
  {
    title: 'compareAndSet does not compare the version',
    caughtBy: 'transactions: a stale compareAndSet answers undefined and changes nothing',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        compareAndSet: ({ transactionId, processing }, changes) =>
          transactions.compareAndSet({ transactionId, processing }, changes),
      },
    })),
  },
  {
    title: 'compareAndSet does not compare the status',
    caughtBy: 'transactions: of two concurrent compareAndSet calls one wins',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        compareAndSet: async ({ transactionId }, changes) => {
          const row = await transactions.findById(transactionId)
          return row === undefined ? undefined : transactions.compareAndSet(row, changes)
        },
      },
    })),
  },
  {
    title: 'compareAndSet forgets when the status changed',
    caughtBy: 'transactions: compareAndSet changes a row that is as expected and raises its version',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        compareAndSet: async (expected, changes) => {
          const row = await transactions.findById(expected.transactionId)
          const processingChangedAt = row?.processingChangedAt ?? new Date(0)
          return transactions.compareAndSet(expected, { processingChangedAt, ...changes })
        },
      },
    })),
  },
  {
    title: 'compareAndSetMany names every row it was asked about',
    caughtBy: 'transactions: compareAndSetMany changes what is as expected and names it',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        compareAndSetMany: async (expected, changes) => {
          await transactions.compareAndSetMany(expected, changes)
          return expected.map((row) => row.transactionId)
        },
      },
    })),
  },
  {
    title: 'increment reads, adds and writes a value from before',
    caughtBy: 'transactions: increment adds one to one counter',
    damage: damagedUnits(({ transactions }) => ({
      transactions: { increment: (transactionId) => transactions.update(transactionId, { attempts: 1 }) },
    })),
  },
  {
    title: 'rows that are never due are due',
    caughtBy: 'transactions: listByProcessing with dueAt leaves out rows that are due later or never',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        listByProcessing: ({ processing, limit }) => transactions.listByProcessing({ processing, limit }),
      },
    })),
  },
  {
    title: 'a page repeats its first row',
    caughtBy: 'transactions: listByProcessing pages in order of id through the statuses asked for',
    damage: damagedUnits(({ transactions }) => ({
      transactions: {
        listByProcessing: (query) =>
          transactions.listByProcessing(query.afterId === undefined ? query : { ...query, afterId: query.afterId - 1 }),
      },
    })),
  },
  {
    title: 'references are compared without case',
    caughtBy: 'actions: a reference is unique for its user, letter by letter',
    failsWith: 'UniqueViolationError',
    damage: damagedUnits(({ actions }) => ({
      actions: {
        insert: (row) => actions.insert({ ...row, reference: row.reference.toLowerCase() }),
        findByReference: (userId, reference) => actions.findByReference(userId, reference.toLowerCase()),
      },
    })),
  },
  {
    title: 'an action is updated whatever its version',
    caughtBy: 'actions: update answers undefined for an absent row and for another version, and changes nothing',
    damage: damagedUnits(({ actions }) => ({
      actions: { update: (actionId, changes) => actions.update(actionId, changes) },
    })),
  },
  {
    title: 'the total counts the page',
    caughtBy: 'actions: list pages in order of id and counts everything the filter matches',
    damage: damagedUnits(({ actions }) => ({
      actions: {
        list: async (query) => {
          const { rows } = await actions.list(query)
          return { rows, total: rows.length }
        },
      },
    })),
  },
  {
    title: 'one label is as good as all of them',
    caughtBy: 'actions: list needs any or all of the labels asked for, and sees no deleted map',
    damage: damagedUnits(({ actions }) => ({
      actions: { list: (query) => actions.list({ ...query, labelMode: 'any' }) },
    })),
  },
  {
    title: 'the last moment of a period is part of it',
    caughtBy: 'actions: list takes createdAt from the first moment up to before the last, to the millisecond',
    damage: damagedUnits(({ actions }) => ({
      actions: {
        list: (query) =>
          actions.list(
            query.createdTo === undefined ? query : { ...query, createdTo: new Date(query.createdTo.getTime() + 1) },
          ),
      },
    })),
  },
  {
    title: 'labelsOf gives labels whose map is deleted',
    caughtBy: 'actions: labelsOf gives live labels in order of id, and leaves out actions without any',
    damage: damagedUnits(({ actions, labels, labelMaps }) => ({
      actions: {
        labelsOf: async (actionIds) => {
          const texts = new Map(await actions.labelsOf(actionIds))
          for (const map of await labelMaps.find({ actionId: actionIds, isDeleted: true })) {
            const label = await labels.get({ txLabelId: map.txLabelId })
            texts.set(map.actionId, [...(texts.get(map.actionId) ?? []), label!.label])
          }
          return texts
        },
      },
    })),
  },
  {
    title: 'drafts are not counted among the spenders',
    caughtBy: 'actions: findSpendersOfTransactions names whoever spends their outputs, drafts and other users too',
    damage: damagedUnits(({ actions }) => ({
      actions: {
        findSpendersOfTransactions: async (ids) =>
          (await actions.findSpendersOfTransactions(ids)).filter((row) => row.transactionId !== null),
      },
    })),
  },
  {
    title: 'the audit log is read newest first',
    caughtBy: 'audit: rows are found by transaction and by action, oldest first',
    damage: damagedUnits(({ audit }) => ({
      audit: { findByTransaction: async (id) => (await audit.findByTransaction(id)).reverse() },
    })),
  },
  {
    title: 'findLast gives the first',
    caughtBy: 'audit: findLast gives the newest row of one event',
    damage: damagedUnits(({ audit }) => ({
      audit: {
        findLast: async (id, event) => (await audit.findByTransaction(id)).find((row) => row.event === event),
      },
    })),
  },
  {
    title: 'the chain never gets shorter',
    caughtBy: 'chain tip: set replaces the one before, and a lower height is legal',
    damage: damagedUnits(({ chainTip }) => ({
      chainTip: {
        set: async (tip) => {
          if (((await chainTip.get())?.height ?? 0) <= tip.height) await chainTip.set(tip)
        },
      },
    })),
  },
]
