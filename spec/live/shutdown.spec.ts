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

/** A recipe of docs/connections.md: the heading, the server that it makes, how it is asked and what it answers at the second time. */
type Recipe = readonly [heading: string, server: string, method: string, path: string, answer: string]
const RECIPES: readonly Recipe[] = [
  ['node:http', 'server', 'GET', '/home', '2 of 1'],
  ['Express', 'listener', 'POST', '/visits/home', '{"times":2,"pages":1}'],
  ['Fastify', 'app.server', 'POST', '/visits/home', '{"times":2,"pages":1}'],
  ['NestJS', 'nest.getHttpServer()', 'POST', '/visits/home', '{"times":2,"pages":1}']
]

eachServer('a server as docs/connections.md makes it', live => {
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

  it.each(RECIPES)('with %s, sent SIGTERM, answers what it was asked, takes nothing more, and ends with 0', async (...recipe) => {
    const { process, line, url, ask } = await start(recipe)
    const ended = once(process, 'close')
    let asking: Promise<string> | undefined
    await db.transaction(async () => {
      // What is asked next waits for this row.
      await db.executeSql('update visit set times = times')
      asking = ask()
      expect(await line()).toBe('asked')
      process.kill('SIGTERM')
      await pause(300)
      expect(await outcome(asking, 10)).toBe('pending')
      expect(await outcome(fetch(url, { headers: { connection: 'close' } }))).toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    })
    expect(await asking).toBe(recipe[4])
    const answered = performance.now()
    expect(await ended).toEqual([0, null])
    expect(performance.now() - answered).toBeLessThan(2000)
  })

  it('with node:http undoes what was asked by a user who has gone away, and serves the next one', async () => {
    const { line, ask } = await start(RECIPES[0])
    const gone = new AbortController()
    await db.transaction(async () => {
      await db.executeSql('update visit set times = times')
      const asking = outcome(ask(gone.signal))
      expect(await line()).toBe('asked')
      gone.abort()
      expect(await asking).toMatchObject({ name: 'AbortError' })
      await pause(100)
    })
    expect(await ask()).toBe(RECIPES[0][4])
  })

  /** Starts the recipe's program, and asks it once. */
  async function start([heading, server, method, path]: Recipe) {
    await writeProgram(heading, server)
    const args = ['--import', 'tsx', join(folder, 'main.ts')]
    const env = { ...process.env, DATABASE_URL: live.url, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') }
    const started = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    program = started
    const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
    const line = async () => (await lines.next()).value as string | undefined
    const url = `${await line()}${path}`
    const ask = async (signal?: AbortSignal) => (await fetch(url, { method, signal })).text()
    await ask()
    expect(await line()).toBe('asked')
    return { process: started, line, url, ask }
  }

  /** Writes the recipe's program, which prints where it listens, and then "asked" for each request. */
  async function writeProgram(heading: string, server: string): Promise<void> {
    const page = await readFile(join(root, 'docs/connections.md'), 'utf8')
    const sections = page.split(/^(?=##)/m)
    const first = (title: string) => blocksOf(sections.find(text => text.includes(title)) ?? '')[0]
    const parts = [blocksOf(page)[0], first('## Servers\n'), first(`### ${heading}\n`)]
    const told = { language: 'ts', server: '', since: 0, text: `console.log(urlOf(${server}))\n`, line: 0 }
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
