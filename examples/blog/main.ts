import { findServer, withDatabase } from '../server.js'
import { load } from './load.js'
import { report } from './report.js'

const server = await findServer()
try {
  console.log(`Server: ${server.how}`)
  await withDatabase(server, {}, async db => {
    await load(db)
    for await (const line of report(db, process.argv[2] ?? 'robin')) console.log(line)
  })
} finally {
  await server.stop()
}
