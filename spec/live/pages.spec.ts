import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { QueryEvent } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'
import { blocksOf, type Checks, isControl, type PageServer, plain, programOf } from '../helpers/page.js'

const root = join(__dirname, '../..')
/** The pages whose blocks are programs. */
const PAGES = readdirSync(join(root, 'docs')).filter(file => !['architecture.md', 'errors.md', 'parity.md'].includes(file))

/** Writes a page as a program into a folder: for a server, or to be compiled. */
async function writeProgram(folder: string, page: string, server?: PageServer): Promise<void> {
  await mkdir(folder, { recursive: true })
  const blocks = blocksOf(await readFile(join(root, 'docs', page), 'utf8'))
  await writeFile(join(folder, page.replace(/md$/, 'ts')), programOf(blocks, server))
}

// Each page has a database of its own: pages use the same names for their tables.
for (const page of PAGES) {
  eachServer(`docs/${page}`, live => {
    const folder = join(root, '.tmp', `pages-${live.name}`)
    beforeAll(() => writeProgram(folder, page, live))
    afterAll(() => rm(join(folder, page.replace(/md$/, 'ts')), { force: true }))

    it('does and sends what it says', async () => {
      const { run } = (await import(join(folder, page.replace(/\.md$/, '')))) as { run: (checks: Checks) => Promise<void> }
      const sent: string[] = []
      const db = databaseFor(live, { logQueries: ({ sql }: QueryEvent) => void sent.push(sql) })
      try {
        await db.serverVersion()
        sent.splice(0)
        await run(checksOf(page, db, sent))
      } finally {
        process.removeAllListeners('SIGTERM') // of the recipes for servers
        await db.close()
      }
      // Some servers take a second for a few changes of the schema.
    }, 120_000)
  })
}

describe('the documentation', () => {
  const folder = join(root, '.tmp', 'pages-types')
  beforeAll(() => Promise.all(PAGES.map(page => writeProgram(folder, page))))
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('compiles', async () => {
    const config = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    // The fastest that can: what is checked is the pages.
    const tsc = join(root, 'node_modules/typescript-7/bin/tsc')
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', folder]).catch(
      (failed: { stdout: string; message: string }) => ({ stdout: failed.stdout || failed.message })
    )
    expect(stdout).toBe('')
  }, 180_000)
})

/** The checks of a page that runs on a database. `sent` are the statements sent since the block began. */
function checksOf(file: string, db: unknown, sent: string[]): Checks {
  const at = (line: number) => `docs/${file}, line ${line}`
  return {
    database: <T>() => db as T,
    equal: (line, actual, expected) => expect({ at: at(line), is: actual }).toEqual({ at: at(line), is: expected }),
    throws: async (line, work, expected) => {
      const [name, ...message] = expected.split(': ')
      const error = await Promise.resolve()
        .then(work)
        .then(
          () => undefined,
          (thrown: unknown) => thrown as Error
        )
      expect({ at: at(line), throws: error?.constructor.name }).toEqual({ at: at(line), throws: name })
      expect({ at: at(line), says: error?.message }).toEqual({
        at: at(line),
        says: expect.stringContaining(message.join(': ')) as unknown
      })
    },
    end: (line, claimed) => {
      const block = sent.splice(0).map(plain)
      if (!claimed) return
      const statements = claimed.some(isControl) ? block : block.filter(text => !isControl(text))
      expect({ at: at(line), sends: statements }).toEqual({ at: at(line), sends: claimed })
    }
  }
}
