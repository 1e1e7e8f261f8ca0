import fc from 'fast-check'
import { type Backref, ForeignKeyField, IntegerField, load, Model, model, type Ref } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Whatever rows refer to one another: what is loaded with a query is what is found by going along each relation by itself. */

@model()
class Root extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  declare branches: Backref<Branch>
}

@model()
class Branch extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @ForeignKeyField(() => Root, { backref: 'branches', null: true }) root!: Ref<Root> | null
  declare rootId: number | null
  @IntegerField() weight!: number
  declare leaves: Backref<Leaf>
}

@model()
class Leaf extends Model {
  @IntegerField({ primaryKey: true }) id!: number
  @ForeignKeyField(() => Branch, { backref: 'leaves' }) branch!: Ref<Branch>
  declare branchId: number
}

interface Forest {
  readonly roots: number
  readonly branches: readonly { readonly root: number | null; readonly weight: number }[]
  readonly leaves: readonly number[]
}

const forests: fc.Arbitrary<Forest> = fc
  .record({ roots: fc.integer({ min: 0, max: 4 }), branches: fc.integer({ min: 0, max: 8 }) })
  .chain(({ roots, branches }) =>
    fc.record({
      roots: fc.constant(roots),
      branches: fc.array(
        fc.record({
          root: roots === 0 ? fc.constant(null) : fc.option(fc.integer({ min: 1, max: roots })),
          weight: fc.integer({ min: 0, max: 3 })
        }),
        { minLength: branches, maxLength: branches }
      ),
      leaves: branches === 0 ? fc.constant([]) : fc.array(fc.integer({ min: 1, max: branches }), { maxLength: 12 })
    })
  )

eachServer('relations loaded with a query', live => {
  const db = databaseFor(live)

  beforeAll(async () => {
    db.bind([Root, Branch, Leaf])
    await db.createTables([Root, Branch, Leaf])
  }, 60_000)
  afterAll(() => db.close())

  /** Runs the work with these rows, and takes them away again. */
  async function planted(forest: Forest, work: () => Promise<void>): Promise<void> {
    await db.transaction(async txn => {
      if (forest.roots > 0) await Root.insertMany(Array.from({ length: forest.roots }, (_, i) => ({ id: i + 1 })))
      if (forest.branches.length > 0) await Branch.insertMany(forest.branches.map((branch, i) => ({ id: i + 1, ...branch })))
      if (forest.leaves.length > 0) await Leaf.insertMany(forest.leaves.map((branch, i) => ({ id: i + 1, branch })))
      await work()
      await txn.rollback()
    })
  }

  const check = (property: (forest: Forest) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(forests, forest => planted(forest, () => property(forest))),
      { numRuns: 40 }
    )

  it(
    'are those that each instance finds by itself, down',
    () =>
      check(async () => {
        const heavy = () =>
          Branch.select()
            .where(b => b.weight.gt(0))
            .orderBy(b => [b.weight, b.id])
        const loaded = await Root.select()
          .orderBy(r => r.id)
          .prefetch(
            heavy(),
            Leaf.select().orderBy(l => l.id)
          )
        const found = []
        for (const root of await Root.select().orderBy(r => r.id)) {
          const branches = []
          for (const branch of await root.branches.where(b => b.weight.gt(0)).orderBy(b => [b.weight, b.id])) {
            const leaves = await branch.leaves.orderBy(l => l.id)
            branches.push([branch.id, leaves.map(({ id }) => id)])
          }
          found.push([root.id, branches])
        }
        expect(loaded.map(r => [r.id, r.branches.map(b => [b.id, b.leaves.map(({ id }) => id)])])).toEqual(found)
      }),
    120_000
  )

  it(
    'are those that each instance finds by itself, up',
    () =>
      check(async () => {
        const loaded = await Leaf.select()
          .orderBy(l => l.id)
          .withRelated(load('branch').then('root'))
        const found = []
        for (const leaf of await Leaf.select().orderBy(l => l.id)) {
          const branch = await leaf.branch
          found.push([leaf.id, branch.id, (await branch.root)?.id ?? null])
        }
        expect(loaded.map(({ id, branch }) => [id, branch.id, branch.root?.id ?? null])).toEqual(found)
        for (const { branch } of loaded)
          for (const other of loaded) if (other.branch.id === branch.id) expect(other.branch).toBe(branch)
      }),
    120_000
  )

  it(
    'are the first of each instance, where there is a number of them',
    () =>
      check(async () => {
        const query = Branch.select().orderBy(b => [b.weight.desc(), b.id])
        const loaded = await Root.select()
          .orderBy(r => r.id)
          .withRelated(load('branches', { query, perParent: 2 }))
        const found = []
        for (const root of await Root.select().orderBy(r => r.id)) {
          const first = await root.branches.orderBy(b => [b.weight.desc(), b.id]).limit(2)
          found.push([root.id, first.map(({ id }) => id)])
        }
        expect(loaded.map(r => [r.id, r.branches.map(({ id }) => id)])).toEqual(found)
      }),
    120_000
  )
})
