import { damagedUnits, type Fault } from './faulty-store.js'

const TRUTH_TABLE = 'refreshSpendable: agrees with the rule on the whole truth table, when'

/** Stores with broken `outputs`: the ones that would cost money. */
export const outputFaults: readonly Fault[] = [
  {
    title: 'insertMany answers in order of vout',
    caughtBy: 'outputs: insertMany answers in the order it was given',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { insertMany: async (rows) => (await outputs.insertMany(rows)).sort((a, b) => a.vout - b.vout) },
    })),
  },
  {
    title: 'findByOutpoints finds the coins of others',
    caughtBy: 'outputs: findByOutpoints finds every user’s row, or one user’s, in order of id',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { findByOutpoints: (outpoints) => outputs.findByOutpoints(outpoints) },
    })),
  },
  {
    title: 'updateMany counts what it was asked to change',
    caughtBy: 'outputs: updateMany counts the rows it changed',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        updateMany: async (ids, changes) => {
          await outputs.updateMany(ids, changes)
          return ids.length
        },
      },
    })),
  },
  {
    title: 'a claim takes a coin somebody holds',
    caughtBy: 'outputs: claim never takes a coin twice, not even for the same action',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        claim: async ({ outputIds, actionId }) => {
          await outputs.updateMany(outputIds, { spentByActionId: actionId, spendable: false, pending: false })
          return [...outputIds]
        },
      },
    })),
  },
  {
    title: 'a claim that may take any coin takes withheld ones',
    caughtBy: 'outputs: claim never takes a withheld coin, whatever is allowed',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        claim: async (claim) => {
          if (claim.allowAny === true) await outputs.updateMany(claim.outputIds, { withheld: null })
          return outputs.claim(claim)
        },
      },
    })),
  },
  {
    title: 'coins are locked that somebody has spent',
    caughtBy: 'outputs: lockFree names what a claim would take, in order, and changes nothing',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { lockFree: async ({ outputIds }) => (await outputs.findByIds(outputIds)).map((row) => row.outputId) },
    })),
  },
  {
    title: 'a claim takes pending coins without being asked',
    caughtBy: 'outputs: claim takes pending coins only when allowed, and unusable ones only when any is',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { claim: (claim) => outputs.claim({ ...claim, allowPending: true }) },
    })),
  },
  {
    title: 'a claimed coin is still offered',
    caughtBy: 'outputs: claim marks free coins as spent and names them',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        claim: async (claim) => {
          const claimed = await outputs.claim(claim)
          await outputs.updateMany(claimed, { spendable: true })
          return claimed
        },
      },
    })),
  },
  {
    title: 'a release offers the coins at once, whatever became of them',
    caughtBy: 'outputs: releaseSpentBy frees what one action holds and leaves the flags to a refresh',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        releaseSpentBy: async (actionId, ids) => {
          const held = await outputs.findSpentBy([actionId])
          const count = await outputs.releaseSpentBy(actionId, ids)
          await outputs.updateMany(
            held.map((row) => row.outputId),
            { spendable: true },
          )
          return count
        },
      },
    })),
  },
  {
    title: 'a release frees what another action holds',
    caughtBy: 'outputs: releaseSpentBy of some ids frees those alone, and only if the action holds them',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { releaseSpentBy: (_actionId, ids) => outputs.updateMany(ids ?? [], { spentByActionId: null }) },
    })),
  },
  {
    title: 'a release of no ids frees everything',
    caughtBy: 'outputs: releaseSpentBy of some ids frees those alone, and only if the action holds them',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        releaseSpentBy: (actionId, ids) => outputs.releaseSpentBy(actionId, ids?.length === 0 ? undefined : ids),
      },
    })),
  },
  {
    title: 'a refresh offers withheld coins',
    caughtBy: `${TRUTH_TABLE} no flag was set`,
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        refreshSpendable: async (filter) => {
          const held = (await outputs.list({ userId: 1, show: 'all', limit: 100_000 })).rows.filter(
            (row) => row.withheld !== null && row.processing === 'sent',
          )
          const ids = held.map((row) => row.outputId)
          await outputs.updateMany(ids, { withheld: null })
          const result = await outputs.refreshSpendable(filter)
          await outputs.updateMany(ids, { withheld: 'operator' })
          return result
        },
      },
    })),
  },
  {
    title: 'a coinbase matures one block early',
    caughtBy: `${TRUTH_TABLE} no flag was set`,
    damage: damagedUnits(({ outputs, chainTip }) => ({
      outputs: {
        refreshSpendable: async (filter) => {
          const tip = await chainTip.get()
          return outputs.refreshSpendable(tip === undefined ? filter : { tipHeight: tip.height + 1, ...filter })
        },
      },
    })),
  },
  {
    title: 'a coinbase is mature while no tip is known',
    caughtBy: `${TRUTH_TABLE} no tip is known`,
    damage: damagedUnits(({ outputs }) => ({
      outputs: { refreshSpendable: (filter) => outputs.refreshSpendable({ tipHeight: 1_000, ...filter }) },
    })),
  },
  {
    title: 'a refresh clears the flags of what is being reorganised',
    caughtBy: `${TRUTH_TABLE} every flag was set`,
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        refreshSpendable: async (filter) => {
          const result = await outputs.refreshSpendable(filter)
          const { rows } = await outputs.list({ userId: 1, show: 'all', limit: 100_000 })
          const ids = rows.filter((row) => row.processing === 'reorging').map((row) => row.outputId)
          await outputs.updateMany(ids, { spendable: false, pending: false })
          return result
        },
      },
    })),
  },
  {
    title: 'a refresh counts what it looked at as flipped',
    caughtBy: 'refreshSpendable: counts what it looked at and what it set right',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        refreshSpendable: async (filter) => {
          const { examined } = await outputs.refreshSpendable(filter)
          return { examined, flipped: examined }
        },
      },
    })),
  },
  {
    title: 'a refresh takes an empty list for no filter',
    caughtBy: 'refreshSpendable: looks only at what every given filter matches',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        refreshSpendable: ({ outputIds, ...filter }) =>
          outputs.refreshSpendable(
            outputIds === undefined || outputIds.length === 0 ? filter : { ...filter, outputIds },
          ),
      },
    })),
  },
  {
    title: 'findSpendable forgets its order',
    caughtBy: 'outputs: findSpendable answers smallest first, coins of one value in order of id',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        findSpendable: async (query) => (await outputs.findSpendable(query)).sort((a, b) => a.outputId - b.outputId),
      },
    })),
  },
  {
    title: 'findSpendable offers pending coins to everybody',
    caughtBy: 'outputs: findSpendable adds coins on their way out only when pending is included',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { findSpendable: (query) => outputs.findSpendable({ ...query, includePending: true }) },
    })),
  },
  {
    title: 'the offset of a list is taken off its total',
    caughtBy: 'outputs: list pages in order of id, either way, and counts everything the filter matches',
    damage: damagedUnits(({ outputs }) => ({
      outputs: {
        list: async (query) => {
          const { rows, total } = await outputs.list(query)
          return { rows, total: rows.length === 0 ? 0 : total }
        },
      },
    })),
  },
  {
    title: 'what is listed follows the cached flag',
    caughtBy: 'outputs: what is listed by default follows the status of its transaction',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { list: (query) => outputs.list({ ...query, show: query.show ?? 'spendable' }) },
    })),
  },
  {
    title: 'sum adds up every coin',
    caughtBy: 'outputs: sum counts and adds up exactly what list would show',
    damage: damagedUnits(({ outputs }) => ({
      outputs: { sum: (query) => outputs.sum({ ...query, show: 'all' }) },
    })),
  },
]
