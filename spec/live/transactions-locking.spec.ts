import { CharField, IntegerField, Model, model, SerializationFailure } from 'pewit'
import { databaseFor } from '../helpers/databases.js'
import { add, barrier, conflict, failure, Item, itemsOn } from '../helpers/items.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'item_view', primaryKey: false })
class Seen extends Model {
  @CharField() name!: string
  @IntegerField() n!: number
}

/** A view of its own, since what was prepared for another one is refused for that. */
@model({ tableName: 'item_groups', primaryKey: false })
class Group extends Model {
  @CharField() name!: string
  @IntegerField() n!: number
}

const LOCK = 'FOR NO KEY UPDATE'
const always = { locking: 'always' } as const
const soon = { backoff: () => 0 }

eachServer('a retried transaction that locks', live => {
  const { db, log, names } = itemsOn(live)
  const isPostgres = live.name === 'postgresql'
  const locked = () => log.filter(sql => sql.includes(LOCK)).length
  const find = (name: string) => Item.get(i => i.name.eq(name))
  let warnings: jest.SpyInstance
  beforeEach(() => {
    warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  })
  afterEach(() => warnings.mockRestore())

  /** Two that read, wait for each other where nobody has locked, and add one. */
  async function race(options: Parameters<typeof db.runTransaction>[1]): Promise<number> {
    await Item.create({ name: 'a', n: 0 })
    const meet = barrier(2)
    let attempts = 0
    const bump = () =>
      db.runTransaction(async () => {
        attempts++
        const item = await find('a')
        await Promise.race([meet(), new Promise(resolve => setTimeout(resolve, 100))])
        item.n += 1
        await item.save()
      }, options)
    await Promise.all([bump(), bump()])
    expect((await find('a')).n).toBe(2)
    return attempts
  }

  it('keeps others waiting, and needs no second attempt', async () => {
    expect(await race(always)).toBeLessThanOrEqual(isPostgres ? 3 : 2)
  })

  it('without locks needs one', async () => {
    expect(await race({ locking: 'none', ...soon })).toBeGreaterThanOrEqual(3)
    expect(locked()).toBe(0)
  })

  it('by default locks in the attempt that follows a conflict, and where there were some lately', async () => {
    await race(soon)
    expect(locked()).toBeGreaterThan(0)
    log.length = 0
    const quiet = () => db.runTransaction(() => find('a'), { label: 'quiet' })
    await quiet()
    expect(locked()).toBe(0)
    let attempts = 0
    await db.runTransaction(
      async () => {
        await find('a')
        if (++attempts === 1) await db.executeSql(conflict(live))
      },
      { label: 'quiet', ...soon }
    )
    expect([attempts, locked()]).toEqual([2, 1])
    await quiet()
    expect(locked()).toBe(2)
  })

  it('at a level that finds no conflicts loses no update', async () => {
    const options = { ...always, isolation: 'read committed' } as const
    expect(await race(options)).toBeGreaterThanOrEqual(2)
    expect(locked()).toBeGreaterThanOrEqual(2)
  })

  it('leaves those in peace who refer to what it read', async () => {
    await db.executeSql('create table note (id int primary key, item uuid references item (id))')
    await add('a')
    await db.runTransaction(async () => {
      const { id } = await find('a')
      // One that only reads the row, to see that it is there.
      await db.outside(() => db.executeSql('insert into note values (1, $1::uuid)', [id]))
    }, always)
    await db.executeSql('drop table note')
  })

  describe('what cannot be locked', () => {
    const view = (name: string, select: string) => db.executeSql(`create view ${name} as ${select}`)
    beforeAll(() => db.bind([Seen, Group]))
    afterEach(() => db.executeSql('drop view if exists item_view, item_groups'))

    it('a view of rows is read, locked or not', async () => {
      await Item.create({ name: 'a', n: 3 })
      await view('item_view', 'select name, n from item where n > 1')
      expect(await db.runTransaction(() => Seen.select().dicts(), always)).toEqual([{ name: 'a', n: 3 }])
    })

    it('a view of groups is read without', async () => {
      await Item.insertMany([
        { name: 'a', n: 3 },
        { name: 'b', n: 3 }
      ])
      await view('item_groups', 'select max(name)::varchar as name, n from item group by n')
      let attempts = 0
      const read = () =>
        db.runTransaction(
          async () => {
            attempts++
            return Group.select().dicts()
          },
          { ...always, maxAttempts: 1, label: 'groups' }
        )
      expect(await read()).toEqual([{ name: 'b', n: 3 }])
      if (isPostgres) expect([attempts, warnings.mock.calls.length]).toEqual([2, 1])
      attempts = 0
      expect(await read()).toEqual([{ name: 'b', n: 3 }])
      expect(attempts).toBe(1)
    })

    it('joins of every kind are read', async () => {
      await add('a')
      const other = Item.alias('o')
      const joins = [
        Item.select().join(other, { on: (i, o) => i.id.eq(o.id) }),
        Item.select().leftJoin(other, { on: (i, o) => i.id.eq(o.id) }),
        Item.select().rightJoin(other, { on: (i, o) => i.id.eq(o.id) }),
        Item.select().fullJoin(other, { on: (i, o) => i.id.eq(o.id) })
      ]
      for (const query of joins) expect(await db.runTransaction(async () => (await query).length, always)).toBe(1)
      expect(warnings).not.toHaveBeenCalled()
    })
  })

  it('does without where it may only read, and says so once', async () => {
    await add('a')
    const role = `reader_${Date.now()}`
    // Where passwords are asked for; a server that runs without security knows none.
    await db.executeSql(`create role ${role} login${isPostgres ? " password 'x'" : ''}`)
    await db.executeSql(`grant select on item to ${role}`)
    const url = new URL(live.url)
    url.username = role
    url.password = isPostgres ? 'x' : ''
    const reader = databaseFor({ ...live, url: url.href })
    try {
      const read = () => reader.runTransaction(() => reader.bindCtx([Item], () => find('a')), { ...always, label: 'read' })
      expect([(await read()).name, (await read()).name]).toEqual(['a', 'a'])
      const told = warnings.mock.calls.filter(([, details]) => details?.code === 'PEWIT_LOCKING')
      expect(told).toEqual([[expect.stringContaining('42501'), expect.anything()]])
      const weak = { ...always, isolation: 'read committed' } as const
      const unprotected = reader.runTransaction(() => reader.bindCtx([Item], () => find('a')), weak)
      expect(await failure(unprotected)).toMatchObject({ sqlstate: '42501' })
    } finally {
      await reader.close()
      await db.executeSql(`revoke all on item from ${role}`)
      await db.executeSql(`drop role ${role}`)
    }
  })

  it('is run again where two wait for each other', async () => {
    await Item.insertMany([
      { name: 'a', n: 0 },
      { name: 'b', n: 0 }
    ])
    const meet = barrier(2)
    let attempts = 0
    const both = (first: string, second: string) =>
      db.runTransaction(async () => {
        attempts++
        await find(first)
        await meet()
        const item = await find(second)
        await Item.update({ n: item.n + 1 }).where(i => i.id.eq(item.id))
      }, always)
    await Promise.all([both('a', 'b'), both('b', 'a')])
    expect(attempts).toBeGreaterThanOrEqual(3)
    expect((await Item.select()).map(({ n }) => n)).toEqual([1, 1])
  })

  it('only outside of itself meets a conflict that it cannot prevent', async () => {
    await add('a')
    let attempts = 0
    const running = db.runTransaction(
      async () => {
        if (++attempts < 3) throw new SerializationFailure('told', { sqlstate: '40001' })
        return names()
      },
      { ...always, ...soon }
    )
    expect(await running).toBe('a')
  })
})
