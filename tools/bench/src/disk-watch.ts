import { statSync } from 'node:fs'

/** The largest a database and its log have been while somebody watched. */
export interface DiskWatch {
  /** Stops watching. Bytes of the database file and of its write-ahead log, each at its largest. */
  stop(): { readonly databaseBytes: number; readonly walBytes: number }
}

const EVERY_MS = 50

/** Watches the files of an SQLite database until told to stop. */
export function watchDisk(database: string): DiskWatch {
  let databaseBytes = 0
  let walBytes = 0
  const look = (): void => {
    databaseBytes = Math.max(databaseBytes, fileBytes(database))
    walBytes = Math.max(walBytes, fileBytes(`${database}-wal`))
  }
  const timer = setInterval(look, EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      look()
      return { databaseBytes, walBytes }
    },
  }
}

/** The size of a file, 0 when there is none. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
