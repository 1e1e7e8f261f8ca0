import { PostgresqlDatabase } from 'pewit'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { recordingDriver } from '../../lib/driver/recording.js'
import { OperationalError, ProgrammingError } from '../../lib/errors.js'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

const warnings = () => jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
afterEach(() => jest.restoreAllMocks())

eachServer('prepDatabase()', live => {
  const onPostgresql = live.name === 'postgresql' ? it : it.skip
  const open: PostgresqlDatabase[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map(db => db.close()))
  })
  const make = (options: object = {}, url = live.url) => {
    const db = databaseFor({ ...live, url }, { ...options })
    open.push(db)
    return db
  }

  onPostgresql('creates extensions, and leaves those alone that exist', async () => {
    const warn = warnings()
    await make({ extensions: ['plpgsql'] }).prepDatabase()
    expect(warn).not.toHaveBeenCalled()
  })

  onPostgresql('warns of what cannot be created, and goes on', async () => {
    const warn = warnings()
    const sent: string[] = []
    const logQueries = ({ sql }: { sql: string }) => sent.push(sql)
    await make({ extensions: ['no"such', 'plpgsql'], logQueries }).prepDatabase()
    expect(sent.slice(-2)).toEqual(['CREATE EXTENSION IF NOT EXISTS "no""such"', 'CREATE EXTENSION IF NOT EXISTS "plpgsql"'])
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/no""such.*Without it, the extension "no"such" is missing/), {
      code: 'PEWIT_PREPARATION'
    })
  })

  onPostgresql('warns where the privilege is missing', async () => {
    const admin = make()
    await admin.executeSql(`create role prep_nobody login password 'x'`)
    try {
      const url = new URL(live.url)
      url.username = 'prep_nobody'
      url.password = 'x'
      await admin.executeSql('drop extension plpgsql')
      const db = make({ extensions: ['plpgsql'] }, url.href)
      await db.executeSql('select 1')
      const warn = warnings()
      await db.prepDatabase()
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('permission denied'), { code: 'PEWIT_PREPARATION' })
    } finally {
      await admin.executeSql('create extension if not exists plpgsql')
      await admin.executeSql('drop role prep_nobody')
    }
  })

  it('without anything to prepare does no harm', async () => {
    const warn = warnings()
    await make().prepDatabase()
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('prepDatabase() of CockroachDatabase', () => {
  const answering = (refusal: Error | undefined) =>
    recordingDriver(({ text }) => {
      if (text === 'SELECT version()') return { rows: [['CockroachDB CCL v25.4.3 (x86_64, built 2025)']] }
      return text.startsWith('SET CLUSTER') ? refusal : undefined
    })

  it.each([
    ['where it exists', undefined, 0],
    ['unless this version has no such thing', new ProgrammingError('unknown setting', { sqlstate: '42704' }), 0],
    ['with a warning where the privilege is missing', new ProgrammingError('only admins', { sqlstate: '42501' }), 1]
  ])('lets the types of columns be changed, %s', async (_, refusal, count) => {
    const warn = warnings()
    const driver = answering(refusal)
    await new CockroachDatabase('x', { driver: driver.factory }).prepDatabase()
    expect(driver.statements.at(-1)?.text).toBe('SET CLUSTER SETTING sql.defaults.experimental_alter_column_type.enabled = true')
    expect(warn).toHaveBeenCalledTimes(count)
  })

  it('passes on that no server answers', async () => {
    const driver = answering(new OperationalError('lost'))
    await expect(new CockroachDatabase('x', { driver: driver.factory }).prepDatabase()).rejects.toThrow('lost')
  })
})

describe('an old server', () => {
  it.each([
    [PostgresqlDatabase, 'PostgreSQL 9.6.24 on x86_64-pc-linux-gnu', 1],
    [PostgresqlDatabase, 'PostgreSQL 12.1 on x86_64-pc-linux-gnu', 0],
    [CockroachDatabase, 'CockroachDB CCL v20.2.1 (x86_64-linux-gnu)', 1],
    [CockroachDatabase, 'CockroachDB CCL v21.2.0-alpha (x86_64-linux-gnu)', 0]
  ])('%p is warned of: %s', async (Kind, answer, count) => {
    const warn = warnings()
    const driver = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [[answer]] } : undefined))
    const db = new Kind('x', { driver: driver.factory })
    await db.connect()
    await db.close()
    await db.connect()
    expect(warn).toHaveBeenCalledTimes(count)
    const [what] = answer.split(/ \(| on /)
    if (count > 0) expect(warn).toHaveBeenCalledWith(expect.stringContaining(`${what} is older than`), { code: 'PEWIT_VERSION' })
  })
})
