/** A mark (label or tag) on an owner (action or output), as both maps have it. */
interface Mark {
  readonly owner: number
  readonly markId: number
}

/** Texts by owner, live ones only, in order of mark id; an owner without any is left out. */
export function textsByOwner(
  marks: readonly Mark[],
  liveTexts: ReadonlyMap<number, string>,
): ReadonlyMap<number, readonly string[]> {
  const texts = new Map<number, string[]>()
  for (const { owner, markId } of [...marks].sort((one, other) => one.markId - other.markId)) {
    const text = liveTexts.get(markId)
    if (text === undefined) continue
    const known = texts.get(owner)
    if (known === undefined) texts.set(owner, [text])
    else known.push(text)
  }
  return texts
}

/** Owners that have any, or every one, of the marks asked for. A mark on an owner twice, or asked for twice, counts once. */
export function ownersOf(marks: readonly Mark[], markIds: readonly number[], mode: 'any' | 'all'): number[] {
  const needed = mode === 'all' ? new Set(markIds).size : 1
  const found = Map.groupBy(marks, ({ owner }) => owner)
  return [...found].filter(([, own]) => new Set(own.map(({ markId }) => markId)).size >= needed).map(([owner]) => owner)
}
