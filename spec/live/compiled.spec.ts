import { IntegrityError, NotSupportedError, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import postgres from 'postgres'
import type { Compiled } from '../../lib/compiler/compile.js'
import * as tables from '../dialect/tables/index.js'
import { models } from '../dialect/tables/models.js'
import { type Case, paramsOf } from '../helpers/dialects.js'
import { eachServer, type LiveServer } from '../helpers/live.js'

/** Cases of what a server has not, by name; the database's own capabilities say the rest. */
const lacks: Readonly<Record<LiveServer['name'], readonly string[]>> = {
  postgresql: [],
  cockroachdb: ['collate', 'an expression for a target']
}

const cases: readonly (readonly [table: string, cases: readonly Case[]])[] = Object.values(tables).flatMap(Object.entries)

const nameAndQuery = ([name, query]: Case) => [name, query] as const

/** What the targets of ON CONFLICT in the cases mean. */
const uniqueness = [
  'CREATE UNIQUE INDEX kv_lower ON kv (lower("key"))',
  'CREATE UNIQUE INDEX kv_partial ON kv ("key") WHERE value > 0',
  'ALTER TABLE kv ADD CONSTRAINT "kv_""key""" UNIQUE ("key")',
  `CREATE UNIQUE INDEX odd_its ON "odd ""table""; --" ("it's")`
]

eachServer('every compiled statement', live => {
  const db = live.name === 'cockroachdb' ? new CockroachDatabase(live.url) : new PostgresqlDatabase(live.url)
  let client: postgres.Sql

  beforeAll(async () => {
    client = postgres(live.url, { max: 1, fetch_types: false })
    db.bind(models)
    await db.createTables(models)
    for (const text of uniqueness) if (live.name === 'postgresql' || !text.includes('lower')) await db.executeSql(text)
  })
  afterAll(async () => {
    await client?.end()
    await db.close()
  })

  /** The statement, or `undefined` where the database says that its server lacks something. */
  function compiled(query: ReturnType<Case[1]>): Compiled | undefined {
    try {
      return db.compile(query.toNode())
    } catch (error) {
      if (error instanceof NotSupportedError) return undefined
      throw error
    }
  }

  /** Has the server analyse the statement as the driver sends it; gives the types of its parameters. */
  async function prepared({ text, params, types }: Compiled): Promise<readonly number[]> {
    const args = params.map((param, i) => client.typed(param as string, types[i]))
    const described = await client.unsafe(text, args, { prepare: true }).describe()
    return described.types
  }

  /** Runs the statement with its values, and takes back what it did. That data is refused is no fault of the statement. */
  async function tried(statement: Compiled): Promise<void> {
    const done = new Error('done')
    const running = db.transaction(async () => {
      await db.run(statement)
      throw done
    })
    const error = await running.catch((thrown: unknown) => thrown)
    if (error !== done && !(error instanceof IntegrityError)) throw error
  }

  describe.each(cases)('%s', (_, table) => {
    const known = table.filter(([name]) => !lacks[live.name].includes(name))

    it.each(known.map(nameAndQuery))('%s', async (_name, query) => {
      const statement = compiled(query())
      if (!statement) return
      const types = await prepared(statement)
      expect(types).toHaveLength(statement.params.length)
      expect(types.filter(oid => oid === 0 || oid === UNKNOWN)).toEqual([])
      expect(paramsOf({ ...statement, types: [...types] })).toEqual(
        paramsOf(statement).map(param => (param.endsWith('::unknown') ? expect.anything() : param))
      )
      await tried(statement)
    })

    it.each(known.map(nameAndQuery))('%s, with its values in the text', async (_name, query) => {
      if (compiled(query())) await client.unsafe(db.inline(query().toNode()), [], { prepare: true }).describe()
    })

    const selects = known.filter(([, query]) => ['select', 'compound'].includes(query().toNode().kind))
    if (selects.length > 0) {
      it.each(selects.map(nameAndQuery))('%s, run with its values in the text', async (_name, query) => {
        if (compiled(query())) await db.executeSql(db.inline(query().toNode()))
      })
    }
  })
})

/** The OID of what PostgreSQL could not determine. */
const UNKNOWN = 705
