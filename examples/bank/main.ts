import { parseOptions } from './options.js'
import { runExample } from './run.js'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort())

process.exitCode = await runExample(parseOptions(process.argv), interruption.signal)
