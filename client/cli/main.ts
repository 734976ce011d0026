#!/usr/bin/env node
import { processIo } from './io.ts'
import { runCli } from './program.ts'

// `cartera journal heads | head`: who reads may stop before the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

process.exitCode = await runCli(process.argv.slice(2), processIo())
