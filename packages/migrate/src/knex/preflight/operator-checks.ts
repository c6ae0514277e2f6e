import { readFile, stat } from 'node:fs/promises'
import { preflightCheck, type PreflightCheck } from './preflight-check.js'

/** How old a rehearsal or an audit of the code may be. Source: docs/spec/rollout.md §1. */
const MAX_ARTEFACT_AGE_MS = 7 * 24 * 60 * 60 * 1000

/** An artefact another command left: young enough, and it says ok. Without one an operator has to answer. */
export async function checkArtefact(
  id: string,
  what: string,
  file: string | undefined,
  now: Date,
): Promise<PreflightCheck> {
  if (file === undefined)
    return askOperator(id, `No ${what} was given. Name the artefact, or accept it with --accept ${id}.`)
  const { mtime } = await stat(file)
  const ageMs = now.getTime() - mtime.getTime()
  const isOk = (JSON.parse(await readFile(file, 'utf8')) as { ok?: unknown }).ok === true
  const isYoung = ageMs <= MAX_ARTEFACT_AGE_MS
  return preflightCheck(id, {
    outcome: isOk && isYoung ? 'pass' : 'fail',
    expected: `a green ${what} younger than 7 days`,
    actual: `${isOk ? 'green' : 'not green'}, ${(ageMs / 86_400_000).toFixed(1)} days old`,
    detail: isOk && isYoung ? `The ${what} is green and young enough.` : `Do the ${what} again.`,
    evidence: { file, madeAt: mtime.toISOString() },
  })
}

/** What no tool can know. */
export function askOperator(id: string, question: string): PreflightCheck {
  return preflightCheck(id, { outcome: 'needs-operator', expected: 'a yes of the operator', detail: question })
}
