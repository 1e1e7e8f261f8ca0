import { fn, Model, model, NotSupportedError, TextField } from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { type HStore, HStoreField, match, type TSVector, TSVectorField } from 'pewit/playhouse/postgres'

/** Types that a server has not: refused before anything is sent, on servers of versions that are not at hand. */

@model()
class Plain extends Model {
  @UUIDKeyField() id!: string
  @TextField() body!: string
}

@model()
class Page extends Model {
  @UUIDKeyField() id!: string
  @TSVectorField() search!: TSVector
}

@model()
class Shop extends Model {
  @UUIDKeyField() id!: string
  @HStoreField() attrs!: HStore
}

/** The database of a server of a version, and what is sent to it but the question for its version. */
function serverOf(version: string) {
  const recording = recordingDriver(({ text }) =>
    text === 'SELECT version()' ? { rows: [[`CockroachDB CCL ${version} (x86_64)`]] } : undefined
  )
  const db = new CockroachDatabase('nowhere', { driver: recording.factory })
  db.bind([Plain, Page, Shop])
  return { db, sent: () => recording.statements.map(({ text }) => text).filter(text => text !== 'SELECT version()') }
}

describe('HSTORE, where there is none', () => {
  it.each<[string, () => PromiseLike<unknown>]>([
    ['as a value', () => Shop.create({ attrs: { a: '1' } })],
    ['as one of many values', () => Shop.insertMany([{ attrs: {} }, { attrs: {} }])],
    ['as a column', () => Shop.select()],
    ['in a condition', () => Shop.select(s => [s.id]).where(s => s.attrs.exists('a'))]
  ])('is refused %s', async (_, work) => {
    const { sent } = serverOf('v26.3.0')
    await expect(work()).rejects.toThrow(NotSupportedError)
    await expect(work()).rejects.toThrow('CockroachDB v26.3 has no HSTORE, nor has any other version; use a JSONField')
    expect(sent()).toEqual([])
  })

  it('is refused as a column of a table, and no other table of the call is made', async () => {
    const { db, sent } = serverOf('v26.3.0')
    await expect(db.createTables([Plain, Shop])).rejects.toThrow(
      'CockroachDB v26.3 has no HSTORE, nor has any other version; use a JSONField'
    )
    expect(sent()).toEqual([])
  })
})

describe('full-text search, by version', () => {
  const search = () => Plain.select(p => [p.id]).where(p => match(p.body, 'fox'))

  it('is refused by servers that have none', async () => {
    const { db, sent } = serverOf('v22.2.19')
    await expect(db.createTables([Plain, Page])).rejects.toThrow(/has no full-text search, which came with v23\.1/)
    await expect(search()).rejects.toThrow(NotSupportedError)
    await expect(Plain.select(p => [fn.to_tsvector('english', p.body)])).rejects.toThrow(NotSupportedError)
    expect(sent()).toEqual([])
  })

  it('is sent to those that have it', async () => {
    const { db, sent } = serverOf('v23.1.0')
    await db.createTables([Page])
    await search()
    expect(sent()).toEqual([
      expect.stringContaining('"search" tsvector NOT NULL'),
      expect.stringContaining('USING gin ("search")'),
      expect.stringContaining('to_tsvector("t1"."body") @@ to_tsquery($1)')
    ])
  })
})
