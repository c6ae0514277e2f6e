/**
 * What a legacy application that still holds a connection is told when it writes after the cutover. On SQLite it is the name
 * of a function the fence triggers call and every connection of ours has: SQLite's "no such function: …" is the only text
 * that reaches a connection without it.
 */
export const LEGACY_FENCE_SENTENCE =
  'This wallet was moved to the txkeep schema. Stop this application and start the new one, or run txkeep-migrate rollback'
