/** For knex: it would print to stdout, which belongs to the program's results; whatever it warns of reaches the caller as an error. */
export const SILENT_LOG = {
  warn: (): void => undefined,
  error: (): void => undefined,
  debug: (): void => undefined,
  deprecate: (): void => undefined,
}
