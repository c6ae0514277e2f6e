import { eachRow } from '../each-row.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

const IDLE_MS = 300_000

/**
 * Gives up drafts nobody signed, and frees their inputs in the same unit: only of users whose active storage this is, since another
 * store may still be working on its own. Source: docs/spec/monitor.md §2.
 */
export const abandonTask: MonitorTask = {
  name: 'abandon',
  everyMs: 480_000,
  async run(context) {
    const idleSince = new Date(context.clock.now().getTime() - IDLE_MS)
    const settings = await context.store.read((tx) => tx.settings.find({}, { limit: 1 }))
    const own = settings[0]?.storageIdentityKey
    let aborted = 0
    const source = {
      list: (afterId: number, limit: number) =>
        context.store.read((tx) => tx.actions.listIdleDrafts({ idleSince, afterId, limit })),
      idOf: ({ actionId }: { readonly actionId: number }) => actionId,
    }
    const { rows, errors } = await eachRow(context, source, async ({ actionId, userId, reference, rowVersion }) => {
      if (own === undefined || !(await isActiveHere(context, userId, own))) return
      await context.service.unit(async (service, tx) => {
        const draft = await tx.actions.findById(actionId)
        // Signed, changed or aborted a moment ago.
        if (draft?.transactionId !== null || draft.rowVersion !== rowVersion) return
        await service.abortAction({ userId, reference, details: { why: 'abandoned' } })
      })
      aborted += 1
    })
    return { facts: { rows, errors, aborted } }
  },
}

async function isActiveHere({ store }: TaskContext, userId: number, own: string): Promise<boolean> {
  return (await store.read((tx) => tx.users.get({ userId })))?.activeStorage === own
}
