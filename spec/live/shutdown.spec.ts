import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { databaseFor } from '../helpers/databases.js'
import { outcome, pause } from '../helpers/driver.js'
import { eachServer } from '../helpers/live.js'
import { blocksOf, programOf } from '../helpers/page.js'

const root = join(__dirname, '../..')

/** The recipes of docs/connections.md: the heading, the server that it makes, how it is asked and what it answers at the second time. */
const RECIPES = [
  ['node:http', 'server', 'GET', '/home', '2 of 1'],
  ['Express', 'listener', 'POST', '/visits/home', '{"times":2,"pages":1}'],
  ['Fastify', 'app.server', 'POST', '/visits/home', '{"times":2,"pages":1}'],
  ['NestJS', 'nest.getHttpServer()', 'POST', '/visits/home', '{"times":2,"pages":1}']
] as const

eachServer('a server that is sent SIGTERM', live => {
  const folder = join(root, '.tmp', `shutdown-${live.name}`)
  const db = databaseFor(live)
  let program: ChildProcess | undefined
  beforeAll(() => mkdir(folder, { recursive: true }))
  afterEach(async () => {
    program?.kill('SIGKILL')
    await db.executeSql('drop table if exists visit')
  })
  afterAll(async () => {
    await db.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.each(RECIPES)(
    'made with %s answers what it was asked, takes nothing more, and ends with 0',
    async (recipe, server, method, path, answer) => {
      await writeProgram(recipe, server)
      const args = ['--import', 'tsx', join(folder, 'main.ts')]
      const env = { ...process.env, DATABASE_URL: live.url, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') }
      program = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(program, 'close')
      const lines = createInterface({ input: program.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
      const line = async () => (await lines.next()).value as string | undefined
      const url = `${await line()}${path}`
      const ask = async () => (await fetch(url, { method })).text()
      await ask()
      expect(await line()).toBe('asked')

      let asking: Promise<string> | undefined
      await db.transaction(async () => {
        // What is asked next waits for this row.
        await db.executeSql('update visit set times = times')
        asking = ask()
        expect(await line()).toBe('asked')
        program?.kill('SIGTERM')
        await pause(300)
        expect(await outcome(asking, 10)).toBe('pending')
        expect(await outcome(fetch(url, { headers: { connection: 'close' } }))).toMatchObject({ cause: { code: 'ECONNREFUSED' } })
      })
      expect(await asking).toBe(answer)
      const answered = performance.now()
      expect(await ended).toEqual([0, null])
      expect(performance.now() - answered).toBeLessThan(2000)
    }
  )

  /** Writes the recipe's program, which prints where it listens, and then "asked" for each request. */
  async function writeProgram(recipe: string, server: string): Promise<void> {
    const page = await readFile(join(root, 'docs/connections.md'), 'utf8')
    const sections = page.split(/^(?=##)/m)
    const first = (heading: string) => blocksOf(sections.find(text => text.includes(heading)) ?? '')[0]
    const parts = [blocksOf(page)[0], first('## Servers\n'), first(`### ${recipe}\n`)]
    const told = { language: 'ts', server: '', text: `console.log(urlOf(${server}))\n`, line: 0 }
    await writeFile(join(folder, 'program.ts'), programOf([...parts, told]))
    await writeFile(join(folder, 'main.ts'), main(db.constructor.name))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }))
  }
})

/** Runs the program without checking its claims, which the spec of the pages does. */
function main(Database: string): string {
  return `
    import { subscribe } from 'node:diagnostics_channel'
    import { PostgresqlDatabase } from 'pewit'
    import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
    import { run } from './program.js'
    subscribe('http.server.request.start', () => console.log('asked'))
    const db = new ${Database}(process.env.DATABASE_URL)
    await run({ database: () => db, equal() {}, end() {}, async throws() {} })`
}
