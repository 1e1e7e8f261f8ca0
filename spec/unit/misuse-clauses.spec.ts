import { exists, ForeignKeyField, Model, model, type Query, type Ref } from 'pewit'
import { Category, Friend, KV, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels, checkMisuse, statementFor } from '../helpers/dialects.js'

bindModels(models)

const u = User.fields()
const t = Tweet.fields()
const id = '9b2f1b0e-1d2c-4a5b-8c7d-000000000001'
const compiled = (query: Query<unknown>) => statementFor('postgresql', query)

describe('clauses that do not fit together', () => {
  const parent = Category.alias('p')
  const p = parent.fields()

  @model({ tableName: 't1' })
  class Numbered extends Model {}

  @model()
  class Author extends Model {
    @ForeignKeyField(() => Book, { null: true }) debut!: Ref<Book> | null
  }

  @model()
  class Book extends Model {
    @ForeignKeyField(() => Author) writer!: Ref<Author>
    @ForeignKeyField(() => Author) editor!: Ref<Author>
  }

  @model()
  class Referring extends Model {
    @ForeignKeyField(() => Friend) friend!: Ref<Friend>
  }

  checkMisuse([
    [
      'a column of no source',
      'BAD_QUERY',
      'User.age is used, but "user" is not among the sources of this query; join it first',
      () => compiled(Tweet.select().where(u.age.eq(1)))
    ],
    [
      'a column of no source, selected',
      'BAD_QUERY',
      /^User.age is used, but "user" is not among/,
      () => compiled(Tweet.select(u.age))
    ],
    [
      'a column of no source, in an update',
      'BAD_QUERY',
      /^User.age is used/,
      () => compiled(KV.update({ value: u.age as never }))
    ],
    ['a column of no source, in a delete', 'BAD_QUERY', /^User.age is used/, () => compiled(KV.delete().where(u.age.eq(1)))],
    [
      'a column of an alias that was not joined',
      'BAD_QUERY',
      'Category.name is used, but the alias "p" is not among the sources of this query; join it first',
      () => compiled(Category.select().where(p.name.eq('x')))
    ],
    [
      'a model twice',
      'BAD_QUERY',
      `"category" is a source of this query twice; give one of them an alias: Model.alias('name')`,
      () => compiled(Category.select().join(Category))
    ],
    [
      'an alias twice',
      'BAD_QUERY',
      /^the alias "p" is a source of this query twice/,
      () =>
        compiled(
          Category.select()
            .join(parent, { on: c => c.parent })
            .crossJoin(parent)
        )
    ],
    [
      'a name for two sources',
      'BAD_QUERY',
      'The alias "p" stands for two sources of this query',
      () => compiled(Category.select().crossJoin(parent).crossJoin(User.alias('p')))
    ],
    [
      'an inner alias that hides an outer one',
      'BAD_QUERY',
      /^The alias "p" of an inner query hides a source of the outer one/,
      () =>
        compiled(
          Category.select()
            .crossJoin(parent)
            .where(exists(Tweet.select(t.id).crossJoin(User.alias('p')).where(t.content.eq(p.name))))
        )
    ],
    [
      'a model that is updated, in FROM',
      'BAD_QUERY',
      /^"kv" is a source of this query twice/,
      () => compiled(KV.update({ value: 1 }).from(KV))
    ],
    [
      'a join of strangers',
      'BAD_QUERY',
      'There is no foreign key between KV and User; pass the condition: join(User, { on: (…) => … })',
      () => KV.select().join(User)
    ],
    [
      'a join that two foreign keys could mean',
      'BAD_QUERY',
      'More than one foreign key between Friend and User (user, other); say which: join(User, { on: t => t.user })',
      () => Friend.select().join(User as never)
    ],
    [
      'a join in reverse that two could mean',
      'BAD_QUERY',
      'More than one foreign key between User and Friend (user, other); say which: join(Friend, { on: (a, b) => b.user.eq(a.id) })',
      () => User.select().join(Friend as never)
    ],
    [
      'a join that keys of both could mean',
      'BAD_QUERY',
      'More than one foreign key between Book and Author (writer, editor, debut); say which: join(Author, { on: t => t.writer })',
      () => Book.select().join(Author as never)
    ],
    [
      'a join on a column that leads elsewhere',
      'BAD_QUERY',
      'join: Tweet.content is not a foreign key to User; pass a condition',
      () => Tweet.select().join(User, { on: f => f.content as never })
    ],
    [
      'a join on what is no condition',
      'WRONG_TYPE',
      /^join: `on` must be a condition/,
      () => Tweet.select().join(User, { on: () => true as never })
    ],
    [
      'a cross join with a condition',
      'BAD_QUERY',
      'A cross join takes no condition; leave `on` out',
      () => Tweet.select().join(User, { type: 'CROSS', on: () => t.user.eq(u.id) } as never)
    ],
    [
      'a join from a stranger',
      'BAD_QUERY',
      'join: KV is not among the sources of this query',
      () => Tweet.select().join(User, { from: KV } as never)
    ],
    ['a switch to a stranger', 'BAD_QUERY', 'switch: KV is not among the sources of this query', () => Tweet.select().switch(KV)],
    [
      'a join of what is no model',
      'WRONG_TYPE',
      /^join: expected a model or an alias, got a function; is the class decorated/,
      () => Tweet.select().join(class {} as never)
    ],
    [
      'ON CONFLICT without target',
      'BAD_QUERY',
      "onConflict: say which uniqueness is meant: { target: ['id'] }",
      () => KV.insert({ key: 'a' }).onConflict({ preserve: ['value'] })
    ],
    [
      'ON CONFLICT with an empty target',
      'BAD_QUERY',
      /^onConflict: say which uniqueness is meant/,
      () => KV.insert({ key: 'a' }).onConflict({ target: [], preserve: ['value'] })
    ],
    [
      'ON CONFLICT with nothing to do',
      'BAD_QUERY',
      'onConflict: nothing to update or preserve; use onConflictIgnore()',
      () => KV.insert({ key: 'a' }).onConflict({ target: 'key' })
    ],
    [
      'a target and a constraint',
      'BAD_QUERY',
      'onConflict: only one of target and constraint may be given',
      () => KV.insert({ key: 'a' }).onConflict({ target: 'key', constraint: 'c', preserve: ['value'] })
    ],
    [
      'ON CONFLICT of a replace',
      'BAD_QUERY',
      'KV.replace decides what happens on a conflict; use insert() with onConflict',
      () => KV.replace({ key: 'a' }).onConflictIgnore()
    ],
    [
      'a target of another model',
      'BAD_QUERY',
      "User.id is not a column of the table that is written, KV's",
      () => KV.insert({ key: 'a' }).onConflict({ target: [u.id], preserve: ['value'] })
    ],
    ['an update of nothing', 'BAD_QUERY', 'KV.update: nothing to set', () => KV.update({})],
    [
      'a column set twice',
      'BAD_ARGUMENT',
      'Tweet.userId: its column is set twice, as "user" too',
      () => Tweet.update({ user: id, userId: id } as never)
    ],
    ['an insert of no rows', 'BAD_QUERY', 'KV.insertMany: there are no rows to insert', () => KV.insertMany([]).sql()],
    [
      'a row of another length',
      'BAD_ARGUMENT',
      'KV.insertMany, row 0: 1 values for 2 fields',
      () => KV.insertMany([['a']], ['key', 'value'])
    ],
    [
      'a row that is none',
      'WRONG_TYPE',
      'KV.insertMany, row 0: expected an object or an array, got a string',
      () => KV.insertMany(['a' as never])
    ],
    [
      'a composite key as a foreign key',
      'BAD_QUERY',
      /needs \{ field \}: the model has not exactly one primary key column/,
      () => compiled(Referring.select())
    ]
  ])

  it('but a table may have a name that looks generated', () => {
    const query = Numbered.update({ id: 1 } as never)
      .from(User)
      .where(() => u.age.eq(1))
    expect(compiled(query).text).toBe('UPDATE "t1" SET "id" = $1 FROM "user" AS "t2" WHERE "t2"."age" = $2')
  })
})
