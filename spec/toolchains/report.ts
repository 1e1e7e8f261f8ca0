import { metadata, ValidationError } from 'pewit'
import { codeOf, codeOfRejection } from './code-of.js'
import { db, sent } from './database.js'
import { Money } from './money.js'
import { refusals } from './settings.js'
import { Tweet } from './tweet.js'
import { proveTypes } from './types.js'
import { User } from './user.js'

/** What must come out the same whatever compiled the project, without a server. */
export async function report() {
  proveTypes()
  return { models: models(), instances: instances(), queries: queries(), writes: await writes(), refusals: refusals() }
}

function models() {
  return [User, Tweet].map(model => ({
    name: model.name,
    table: metadata(model).tableName,
    columns: metadata(model).fields.map(({ property, columnName }) => `${property} ${columnName}`),
    isItself: metadata(model).model === model
  }))
}

function instances() {
  const huey = User.new({ age: 5, username: 'huey' })
  const tweet = new Tweet({ content: 'meow', user: huey })
  return {
    empty: shown(new User()),
    user: shown(huey),
    tweet: shown(tweet),
    byKey: { userId: new Tweet({ user: 'a key' }).userId, viaKey: new Tweet({ userId: 'another' }).userId },
    fromItsOwnBody: shown(User.named('zaizee')),
    nickname: huey.nickname,
    isInstance: [huey instanceof User, huey.constructor === User, tweet.user === huey],
    relationsAreColumns: [huey, tweet].map(instance => ['liked', 'likers'].some(name => Object.hasOwn(instance, name))),
    initialiserIsShared: tweet.tags === new Tweet().tags,
    unknownProperty: codeOf(() => new User({ nmae: 'huey' }))
  }
}

/** The columns as they are on the instance, in their order. */
function shown(instance: User | Tweet): string[] {
  const fields = new Set(metadata(instance.constructor).fields.map(({ property }) => property))
  return Object.entries(instance)
    .filter(([name]) => fields.has(name))
    .map(([name, value]) => `${name}: ${text(value)}`)
}

function text(value: unknown): string {
  if (value instanceof Money) return `${value.cents} cents`
  return value instanceof User ? `the user ${value.username}` : (JSON.stringify(value) ?? 'undefined')
}

function queries() {
  const join = Tweet.select(Tweet, User)
    .join(User)
    .where((_, user) => user.username.eq('huey'))
  const huey = User.new({ id: '8f4d2b6e-0000-4000-8000-000000000001', username: 'huey' })
  return [
    join,
    huey.tweets.where(tweet => tweet.settings.get('theme').asText().eq('dark')),
    huey.liked.where(tweet => tweet.content.contains('meow')),
    huey.mentions(),
    User.insert({ username: 'huey', balance: new Money(1n) }),
    User.update({ lives: user => user.lives.sub(1) }).where(user => user.age.isNull())
  ].map(query => query.sql().text)
}

async function writes() {
  sent.clear()
  const huey = await User.create({ username: 'huey' })
  const loaded = await User.get(user => user.username.eq('huey'))
  const asLoaded = shown(loaded)
  loaded.lives -= 1
  loaded.balance = new Money(2n)
  const dirty = loaded.dirtyFields
  await loaded.save()
  const tooShort = await User.create({ username: 'x' }).catch((error: unknown) => error)
  const missing = await codeOfRejection(Tweet.create({ content: 'meow' }))
  await db.close()
  return {
    created: shown(huey),
    asLoaded,
    isDirty: [huey.isDirty(), loaded.isDirty()],
    dirty,
    statements: sent.statements.map(({ text: sql, params }) => [sql, ...params]),
    invalid: tooShort instanceof ValidationError && tooShort.failures.map(({ property, messages }) => [property, ...messages]),
    missing
  }
}
