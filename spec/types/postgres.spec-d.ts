import { type Expr, fn, Model, model, type Offers, type Plain, SQL, TextField, type Typed } from 'pewit'
import {
  type HStore,
  HStoreField,
  type HStoreMap,
  type HStoreOps,
  type HStoreValues,
  match,
  type TSVector,
  TSVectorField,
  type TSVectorOps
} from 'pewit/playhouse/postgres'
import { type Assignable, type Equal, proves, type RowOf } from './expect.js'

/** What PostgreSQL has beside what all servers do. */

@model()
export class Page extends Model {
  declare id: number
  @TextField() body!: string
  @TSVectorField({ null: true }) search!: TSVector | null
  @TSVectorField({ generated: SQL(`to_tsvector('english', body)`), index: false }) kept!: TSVector
  @TSVectorField() text!: string
}

@model()
export class Shop extends Model {
  declare id: number
  @HStoreField() attrs!: HStore
  @HStoreField({ as: 'map', null: true }) labels!: HStoreMap | null
  @HStoreField() plain!: Record<string, string | null>
  @HStoreField({ as: 'map' }) map!: Map<string, string | null>
}

export class Wrong {
  // @ts-expect-error it allows null, and the property does not
  @TSVectorField({ null: true }) a!: TSVector
  // @ts-expect-error a document is a string
  @TSVectorField() b!: number
  // @ts-expect-error values can be null
  @HStoreField() c!: Record<string, string>
  // @ts-expect-error it gives an object
  @HStoreField() d!: HStoreMap
  // @ts-expect-error it gives a Map
  @HStoreField({ as: 'map' }) e!: HStore
  // @ts-expect-error no such form
  @HStoreField({ as: 'set' }) f!: HStore
  // @ts-expect-error no such option
  @HStoreField({ nul: true }) g!: HStore
  // @ts-expect-error no such option
  @TSVectorField({ language: 'english' }) h!: TSVector
}

const p = Page.fields()
const s = Shop.fields()

export function values(page: Page, shop: Shop, record: Record<string, string | null>): void {
  // Values need no mark.
  page.search = 'text'
  shop.attrs = { a: '1', b: null }
  shop.attrs = record
  shop.labels = new Map([['a', null]])
  const text: string = page.kept
  const value: string | null = shop.attrs.a
  void [text, value]
  // @ts-expect-error a number
  shop.attrs = { a: 1 }
  // @ts-expect-error a number
  page.kept = 1
  void Page.create({ body: '', search: fn.to_tsvector('english', 'a') })
  void Shop.create({ attrs: { a: '1' }, labels: new Map() })
  // @ts-expect-error a number is no value of an HSTORE
  void Shop.create({ attrs: { a: 1 } })
}

export function rows(): void {
  const query = Shop.select(x => ({ attrs: x.attrs, keys: x.attrs.keys(), a: x.attrs.get('a') })).dicts()
  proves<Equal<RowOf<typeof query>, { attrs: HStore; keys: string[]; a: string | null }>>()
  proves<Equal<Plain<Shop>['labels'], HStoreMap | null>>()
  const pairs = Shop.select(x => [x.attrs.items()]).tuples()
  proves<Equal<RowOf<typeof pairs>, [[key: string, value: string | null][]]>>()
}

export function searches(): void {
  void Page.select().where(p.search.match('a'), p.kept.match(p.body, { plain: true, language: 'english' }))
  void Page.select().where(match(p.body, 'a', { language: 'english' }), match(p.text, 'a'), match(fn.lower(p.body), p.body))
  // @ts-expect-error text is no document; match() takes it
  void p.body.match
  // @ts-expect-error neither is a column that the property declares as text
  void p.text.match
  // @ts-expect-error no such option
  p.search.match('a', { lang: 'english' })
  // @ts-expect-error a number is no query
  p.search.match(1)
  // @ts-expect-error a number is no text
  match(p.id, 'a')
  // @ts-expect-error a document has no patterns
  void p.search.startsWith
  proves<Assignable<typeof p.search, TSVectorOps>>()
}

export function stores(values: HStoreValues): void {
  proves<Equal<ReturnType<typeof s.attrs.slice>, Typed<HStore>>>()
  proves<Equal<ReturnType<typeof s.labels.update>, Typed<HStoreMap>>>()
  proves<Assignable<typeof s.attrs, HStoreOps<'object'>>>()
  proves<Assignable<typeof s.labels, HStoreOps<'map'>>>()
  void Shop.select().where(
    s.attrs.exists('a').and(s.attrs.defined('b')),
    s.attrs.contains('a'),
    s.attrs.contains(['a', 'b']),
    s.attrs.contains({ a: null }),
    s.attrs.contains(values),
    s.attrs.contains(s.attrs.slice('a').keys()),
    s.attrs.containsAny('a', 'b'),
    s.attrs.get('a').startsWith('x')
  )
  void Shop.update({ attrs: x => x.attrs.update({ a: '1' }).delete('b'), labels: x => x.labels.delete('a') })
  // @ts-expect-error a number is no key
  s.attrs.exists(1)
  // @ts-expect-error a number is no value
  s.attrs.update({ a: 1 })
  // @ts-expect-error keys are listed
  s.attrs.slice(['a'])
  // @ts-expect-error an HSTORE is no JSON
  void s.attrs.hasKey
}

/** A type of one's own. */
type Path = string & Offers<{ depth(): Expr<number> }>
declare const path: Typed<Path>
declare const bare: Typed<string>
declare const json: Typed<Record<string, unknown>>
declare const empty: Typed<{}>

export function offers(): void {
  proves<Equal<ReturnType<typeof path.depth>, Expr<number>>>()
  // @ts-expect-error other strings do not offer it
  void bare.depth
  // What is not marked keeps its own.
  void [bare.startsWith, json.get, empty.get]
}
