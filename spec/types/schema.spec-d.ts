import {
  type CompositeKey,
  compositeKey,
  DateTimeTZField,
  ForeignKeyField,
  fn,
  type HashOptions,
  IntegerField,
  Model,
  model,
  type NewTableOptions,
  PostgresqlDatabase,
  type Predicate,
  type Ref,
  SQL,
  TextField
} from 'pewit'
import { modelOption } from 'pewit/extend'
import { CockroachDatabase, type TimeToLive, UUIDv7KeyField, unexpired, uuidv7 } from 'pewit/playhouse/cockroachdb'
import { type Assignable, type Equal, proves } from './expect.js'
import { Tweet, User } from './models.js'

/** What is said of tables: keys, indexes, and what extensions add to the options of models. */

@model({
  primaryKey: compositeKey('day', 'place', { hash: true, buckets: 8 }),
  indexes: [
    { fields: ['place'], storing: ['note'] },
    { fields: ['note'], hash: true }
  ],
  families: { often: ['note'], seldom: ['seen', 'owner'] },
  ttl: { expirationExpression: v => v.seen, jobCron: '@daily' }
})
class Visit extends Model {
  @DateTimeTZField() day!: Date
  @IntegerField() place!: number
  @TextField({ onUpdate: SQL("'x'") }) note!: string
  @DateTimeTZField({ null: true, onUpdate: 'now()', index: true, hash: true, buckets: 4 }) seen!: Date | null
  @ForeignKeyField(() => User, { onUpdate: 'CASCADE', hash: true }) owner!: Ref<User>
}

export async function keys(): Promise<void> {
  const key = compositeKey('a', 'b', { hash: true })
  proves<Equal<typeof key, CompositeKey<'a' | 'b'>>>()
  proves<Assignable<{ hash: true; buckets: 3 }, HashOptions>>()
  const made = uuidv7()
  proves<Equal<typeof made, string>>()
  // @ts-expect-error no such option
  compositeKey('a', { hsah: true })
  const cockroach = new CockroachDatabase('shop')
  const altered = cockroach.alterPrimaryKey(Visit, ['seen', 'place'], { hash: true, buckets: 3 })
  proves<Equal<typeof altered, Promise<void>>>()
  // @ts-expect-error no such property
  await cockroach.alterPrimaryKey(Visit, ['sene'])
  // @ts-expect-error no such option
  await cockroach.alterPrimaryKey(Visit, ['seen'], { bucket: 3 })
  // @ts-expect-error other servers have no such statement
  await new PostgresqlDatabase('shop').alterPrimaryKey(Visit, ['seen'])
}

export function indexes(): void {
  User.index(['age'], { storing: ['username'], hash: true, buckets: 8 })
  Tweet.addIndex(t => t.content, { storing: ['user'] })
  // @ts-expect-error no such property
  User.index(['age'], { storing: ['usrename'] })
  // @ts-expect-error stored columns are named
  User.index(['age'], { storing: [fn.lower('x')] })
  // @ts-expect-error a number
  User.index(['age'], { hash: true, buckets: '8' })
}

export async function tables(): Promise<void> {
  const made = User.select(u => [u.username]).createTable('names', { schema: 's', safe: false, temporary: true })
  proves<Equal<typeof made, Promise<void>>>()
  proves<Assignable<{ safe: false }, NewTableOptions>>()
  // @ts-expect-error a table goes by its name
  await User.select().createTable(User)
  // @ts-expect-error no such option
  await User.select().createTable('x', { cascade: true })
}

export async function scopes(): Promise<void> {
  const living = unexpired(Visit)
  const condition = living(Visit.fields())
  proves<Equal<typeof condition, Predicate>>()
  await Visit.select().where(unexpired(Visit))
  await Visit.select(Visit, User)
    .join(User)
    .where(visit => unexpired(Visit)(visit).and(visit.place.eq(1)))
  proves<Assignable<{ expireAfter: '30 days' }, TimeToLive>>()
  // @ts-expect-error of another model
  await User.select().where(unexpired(Visit))
  // @ts-expect-error a model
  unexpired('visit')
}

// @ts-expect-error an index stores a property that is not there
@model({ indexes: [{ fields: ['n'], storing: ['m'] }] })
export class WrongStoring extends Model {
  @IntegerField() n!: number
}

// @ts-expect-error no such option of ttl
@model({ ttl: { expiresAfter: '30 days' } })
export class WrongTtl extends Model {
  @IntegerField() n!: number
}

// @ts-expect-error a family has the names of several properties
@model({ families: { often: 'n' } })
export class WrongFamilies extends Model {
  @IntegerField() n!: number
}

export class WrongFields extends Model {
  // @ts-expect-error an expression, or SQL as text
  @DateTimeTZField({ onUpdate: () => new Date() }) seen!: Date
  // @ts-expect-error of a foreign key, what becomes of the row
  @ForeignKeyField(() => User, { onUpdate: 'now()' }) user!: Ref<User>
  // @ts-expect-error no such option
  @UUIDv7KeyField({ version: 7, hash: true }) key!: string
  // @ts-expect-error a string
  @UUIDv7KeyField() number!: number
}

// @ts-expect-error no extension declares an option of this name
modelOption('locality', { clauses: () => [] })
modelOption('ttl', { clauses: ttl => (ttl.expireAfter === undefined ? [] : []) })
