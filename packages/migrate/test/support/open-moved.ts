import type { Knex } from 'knex'
import { cutover, expand, markVerified, runKnexBackfill, startCapture } from '../../src/knex/index.js'
import { openFile } from './legacy-copy.js'

/** The legacy wallet in `file`, moved step by step up to the swap. Closed when the test file is done. */
export async function openMoved(file: string): Promise<Knex> {
  const knex = await openFile(file)
  await expand(knex)
  await startCapture(knex)
  await runKnexBackfill(knex)
  await markVerified(knex)
  await cutover(knex)
  return knex
}
