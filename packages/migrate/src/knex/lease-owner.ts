import { randomUUID } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A name no other migrator has. It also says where it runs, so that the end of its process can be seen from there. */
export function makeLeaseOwner(): string {
  return `${place()} ${process.pid} ${randomUUID()}`
}

/**
 * Whether the owner ran on this machine and its process is gone, so that nobody has to wait for its lease to run out. Anything
 * uncertain is false; should a process look dead and be alive, the fence still stops its next commit.
 */
export function isDeadOwner(owner: string): boolean {
  const [where, pid] = owner.split(' ')
  if (where !== place() || !/^\d+$/.test(pid ?? '')) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** Host and process namespace: the same number in another container is another process. */
function place(): string {
  return `${hostname()}/${processNamespace()}`
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')
  } catch {
    return 'host'
  }
}
