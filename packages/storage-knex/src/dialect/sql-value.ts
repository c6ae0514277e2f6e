/** What a statement may bind. A dialect stores a `Date` in the engine's own form of a timestamp, a boolean likewise. */
export type SqlValue = string | number | boolean | Uint8Array | Date | null

/** A row as a driver returns it, by column name. */
export type DatabaseRow = Readonly<Record<string, unknown>>
