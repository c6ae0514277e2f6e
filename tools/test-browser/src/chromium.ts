import { accessSync, constants } from 'node:fs'

/** Where Debian, its derivatives and containers put it; `CHROMIUM` says otherwise. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The Chromium of this machine, or undefined. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM']
  return (given === undefined ? PLACES : [given]).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
