#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

// Rows pass through by the million and none stays: a nursery that grows with them would only hold 60 MB more of them at a time.
// Set before anything else is loaded, or loading alone makes it grow.
setFlagsFromString('--semi-space-growth-factor=1')

// Whoever reads the output may have seen enough, as `head` has: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// The bin of the package: importing this entry runs the command line of the process. Not process.exit(): output may be in a pipe.
void import('./cli/run-cli.js')
  .then(async ({ runCli }) => await runCli(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode
  })
