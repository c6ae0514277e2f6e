#!/usr/bin/env node
import { runCli } from './cli/run-cli.js'

// The bin of the package: importing this entry runs the command line of the process. Not process.exit(): output may be in a pipe.
void runCli(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode
})
