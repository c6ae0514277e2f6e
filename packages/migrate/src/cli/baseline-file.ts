import { readFile } from 'node:fs/promises'
import { InvalidParameterError } from '@txkeep/core'

/**
 * The hot query's p95 in milliseconds out of the baseline that `preflight --artefacts` wrote; undefined when there was no basket to
 * measure it on.
 *
 * @throws {InvalidParameterError} if `file` cannot be read or is no such baseline.
 */
export async function readBaselineP95Ms(file: string): Promise<number | undefined> {
  const baseline = parseObject(await readFile(file, 'utf8').catch(() => undefined))
  if (baseline === undefined || !('refresh' in baseline) || !('takenAt' in baseline)) {
    throw new InvalidParameterError('--baseline', file, 'a baseline file that preflight --artefacts wrote')
  }
  if (baseline['hotQuery'] === undefined) return undefined
  const p95Ms = asObject(baseline['hotQuery'])?.['p95Ms']
  if (typeof p95Ms !== 'number' || !(p95Ms >= 0)) {
    throw new InvalidParameterError('--baseline', file, 'a baseline file with the p95 of the hot query')
  }
  return p95Ms
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined
}
