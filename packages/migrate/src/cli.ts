#!/usr/bin/env node
import { runCli } from './cli/run-cli.js'

// Whoever reads the output may have seen enough, as `head` has: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// The bin of the package: importing this entry runs the command line of the process. Not process.exit(): output may be in a pipe.
void runCli(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode
})
