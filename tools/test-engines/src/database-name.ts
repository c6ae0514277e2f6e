let made = 0

/** A name no other test of any process on this machine has, and that says who may be asked about it. */
export function databaseName(): string {
  made += 1
  return `txkeep_test_${Date.now().toString(36)}_${process.pid}_${made}`
}
