import fc from 'fast-check'
import { caseWhen, exists, fn, type Select, sql, valuesList } from 'pewit'
import { add, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

/** Whatever a query is, a transaction that locks what it reads gives its rows, and needs no attempt without locks for that. */

// The types of such queries are as many as the queries.
type AnySelect = Select<Item, readonly [Item], Record<string, unknown>, readonly [Item], unknown, Item>
type Step = (query: AnySelect) => unknown
const on = { on: (...sources: readonly { id: { eq(id: unknown): never } }[]) => sources[0].id.eq(sources.at(-1)?.id) }
let aliases = 0
const name = () => `x${++aliases}`

/** What can be joined. */
const SOURCES: readonly (() => unknown)[] = [
  () => Item.alias(name()),
  () => Item.select(i => [i.id, i.n]).alias(name()),
  () =>
    Item.select(i => [i.id, fn.count(i.n).as('n')])
      .groupBy(i => i.id)
      .alias(name()),
  () =>
    Item.select(i => [i.id, i.n])
      .distinct()
      .alias(name()),
  () => Item.select().distinct().alias(name()),
  () => Item.select(i => [i.id]).cte(name()),
  () =>
    Item.select(i => [i.id])
      .union(Item.select(i => [i.id]))
      .alias(name()),
  () =>
    Item.select(i => [i.id])
      .forUpdate()
      .alias(name()),
  () => valuesList([['8c2a3b1e-0000-4000-8000-000000000000']], { columns: { id: 'uuid' }, name: name() }),
  () => Item.select(() => [fn.gen_random_uuid().as('id')]).alias(name())
]
const joins = fc.tuple(fc.constantFrom('join', 'leftJoin', 'rightJoin', 'fullJoin'), fc.constantFrom(...SOURCES)).map(
  ([how, source]): Step =>
    query =>
      (query as never as Record<string, (...args: unknown[]) => unknown>)[how](source(), on)
)

const CLAUSES: readonly Step[] = [
  q => q.where(i => i.n.gte(0)),
  q => q.where(() => exists(Item.select())),
  q => q.where(i => i.id.in(Item.select(x => [x.id]))),
  q => q.orderBy(i => i.name),
  q => q.orderBy(i => [fn.lower(i.name), i.n.desc()]),
  q => q.limit(2),
  q => q.offset(1),
  q => q.distinct(),
  q => q.columns(i => [i.id, i.n.add(1).as('more')]),
  q => q.columns(i => [fn.count(i.id).as('count')]),
  q => q.columns(i => [fn.coalesce(fn.max(i.n), 0).as('most')]),
  q => q.columns(i => [caseWhen([[i.n.gt(0), i.name]], 'none').as('word')]),
  q => q.columns(() => [sql`1`.as('one')]),
  q => q.columns(i => [i.n]).groupBy(i => i.n),
  q =>
    q
      .columns(i => [i.n])
      .groupBy(i => i.n)
      .having(i => fn.count(i.n).gt(0)),
  q =>
    q.columns(i => [
      i.n,
      fn
        .rank()
        .over({ orderBy: [i.n] })
        .as('rank')
    ]),
  q => q.columns(() => [Item.select(x => [fn.count(x.id)]).as('all')]),
  q => q.with(Item.select(i => [i.id]).cte(name())),
  q => q.filter({ n__gte: 0 }),
  q => q.forUpdate(false)
]
const queries = fc.tuple(fc.array(joins, { maxLength: 3 }), fc.uniqueArray(fc.constantFrom(...CLAUSES), { maxLength: 3 })).map(
  ([first, then]) =>
    () =>
      [...first, ...then].reduce((query, step) => step(query) as AnySelect, Item.select() as never as AnySelect)
)

eachServer('whatever is selected', live => {
  const { db, log } = itemsOn(live)

  it('is given where it is locked, too', async () => {
    for (const item of ['a', 'b', 'c']) await add(item)
    const told = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const outcome = (work: () => Promise<readonly unknown[]>) => work().then(rows => rows.length, String)
    let locked = 0
    await fc.assert(
      fc.asyncProperty(queries, async make => {
        const read = async () => make()
        const plain = await outcome(() => db.transaction(read))
        fc.pre(typeof plain === 'number')
        log.length = 0
        expect(await outcome(() => db.runTransaction(read, { locking: 'always' }))).toBe(plain)
        locked += log.some(text => text.includes('FOR NO KEY UPDATE')) ? 1 : 0
        expect(told).not.toHaveBeenCalled()
      }),
      { numRuns: 150 }
    )
    told.mockRestore()
    // Neither all of them nor hardly any.
    expect(locked).toBeGreaterThan(20)
    expect(locked).toBeLessThan(140)
  })
})
