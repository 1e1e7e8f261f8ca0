import { fn, IntegerField, Model, model, type PostgresqlDatabase, TextField } from 'pewit'
import { type HStore, HStoreField, match, type TSVector, TSVectorField } from 'pewit/playhouse/postgres'
import type { Translations } from '../run.js'

/** What PostgreSQL has beside what all servers do. */

@model({ tableName: 'fts' })
class Fts extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @TextField() body!: string
  @TSVectorField({ null: true }) tsv!: TSVector | null
}

@model({ tableName: 'store' })
class Store extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @TextField() name!: string
  @HStoreField() h!: HStore
}

/** Makes the table of {@link textSearch}. */
export async function prepareTextSearch(db: PostgresqlDatabase): Promise<void> {
  db.bind([Fts])
  await db.createTables([Fts])
  for (const [i, body] of ['the quick brown fox', 'lazy dogs sleeping'].entries())
    await Fts.insert({ id: i + 1, body, tsv: fn.to_tsvector('english', body) })
}

/** Makes the table of {@link hstore}. */
export async function prepareHStore(db: PostgresqlDatabase): Promise<void> {
  await db.executeSql('CREATE EXTENSION hstore')
  db.bind([Store])
  await db.createTables([Store])
  await Store.insertMany([
    { id: 1, name: 's1', h: { k1: 'v1', k2: 'v2' } },
    { id: 2, name: 's2', h: { k2: null, k3: 'v3' } }
  ])
}

export const textSearch: Translations = {
  'fts.match_fn_lang': () =>
    Fts.select(f => [f.id])
      .where(f => match(f.body, 'dog', { language: 'english' }))
      .tuples(),
  'fts.ts_rank': () =>
    Fts.select(f => [f.id])
      .where(f => f.tsv.match('fox'))
      .orderBy(f => fn.ts_rank(f.tsv, fn.to_tsquery('fox')).desc())
      .tuples()
}

export const hstore: Translations = {
  'hstore.getitem_where': () =>
    Store.select(s => [s.id])
      .where(s => s.h.get('k1').eq('v1'))
      .tuples(),
  'hstore.exists': () =>
    Store.select(s => [s.id])
      .where(s => s.h.exists('k2'))
      .orderBy(s => s.id)
      .tuples(),
  'hstore.contains_any': () =>
    Store.select(s => [s.id])
      .where(s => s.h.containsAny('k1', 'k3'))
      .orderBy(s => s.id)
      .tuples()
}
