import { storeContract, transactionServiceContract } from '@txkeep/testkit'
import { makeStore } from './make-store.js'

const cases = new Map([...storeContract, ...transactionServiceContract].map((one) => [one.name, one]))

/** Resolves when the claim of this name holds; what it threw otherwise, as text. */
export async function runCase(name: string): Promise<string | undefined> {
  try {
    const one = cases.get(name)
    if (one === undefined) return `there is no case ${name}`
    await one.run(makeStore)
    return undefined
  } catch (error) {
    return error instanceof Error ? `${error.stack ?? error.message}` : String(error)
  }
}
