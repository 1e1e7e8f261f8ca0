import { onServer } from './on-server.js'
import { report } from './report.js'

/** Prints what the project finds; `spec/toolchains.spec.ts` holds it against what every other compiler made of it. */
async function main(): Promise<void> {
  const found = { ...(await report()), server: await onServer() }
  console.log(JSON.stringify(found, null, 2))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
