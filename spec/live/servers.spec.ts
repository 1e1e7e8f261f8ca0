import postgres from 'postgres'
import { eachServer } from '../helpers/live.js'

eachServer('a server', live => {
  let sql: postgres.Sql
  beforeAll(() => {
    sql = postgres(live.url, { max: 1, fetch_types: false })
  })
  afterAll(() => sql.end())

  it('answers', async () => {
    expect(await sql`select 1::int4 as one`).toMatchObject([{ one: 1 }])
  })

  it('gives each spec file a database of its own', async () => {
    const [row] = await sql<{ name: string }[]>`select current_database() as name`
    expect(new URL(live.url).pathname).toBe(`/${row?.name}`)
  })
})
