/**
 * What a new application that still holds a connection is told when it writes after a rollback. On SQLite it is the name of a
 * function only a migrator's connection has.
 */
export const ROLLED_BACK_SENTENCE =
  'This wallet was given back to its legacy application. Stop this application, or run txkeep-migrate cutover'
