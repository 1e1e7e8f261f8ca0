import { ForeignKeyField, load, Model, model, prefetch, type Ref } from 'pewit'
import { bindModels, checkMisuse, type Misuse } from '../helpers/dialects.js'
import { Favorite, Message, SOCIAL, Tweet, User } from '../helpers/social.js'
import { Register } from '../oracle/models.js'

/** What `prefetch`, `withRelated` and `load` refuse. Most of it does not compile either: hence the casts. */

@model()
class Hidden extends Model {
  @ForeignKeyField(() => User) user!: Ref<User>
}

bindModels([...SOCIAL, Register, Hidden])

const any = (value: unknown) => value as never
const users = () => User.select()

const prefetches: readonly Misuse[] = [
  [
    'a model that nothing leads to',
    'BAD_QUERY',
    'prefetch: there is no relation from User to Register',
    () => users().prefetch(any(Register))
  ],
  [
    'one that nothing leads to from all that stands before',
    'BAD_QUERY',
    'prefetch: there is no relation from User or Tweet or Favorite to Register',
    () => users().prefetch(Tweet, Favorite, any(Register))
  ],
  [
    'a foreign key without backref',
    'BAD_QUERY',
    "prefetch: Hidden.user leads to User, but has no backref under which its rows would be found there; give it one: { backref: '…' }",
    () => users().prefetch(any(Hidden))
  ],
  [
    'several relations that lead there',
    'BAD_QUERY',
    "prefetch: more than one relation leads from User to Message (sent, received); say which: [Message, 'sent']",
    () => users().prefetch(any(Message))
  ],
  [
    'several foreign keys that lead there',
    'BAD_QUERY',
    "prefetch: more than one relation leads from Message to User (from, to); say which: [User, 'from']",
    () => Message.select().prefetch(any(User))
  ],
  [
    'a property that is no relation there',
    'BAD_QUERY',
    'prefetch: there is no relation "lost" from User to Message',
    () => users().prefetch(any([Message, 'lost']))
  ],
  [
    'a model to put rows into that does not stand before',
    'BAD_QUERY',
    'prefetch: there is no relation from Tweet to Favorite',
    () => users().prefetch(any([Favorite, Tweet]))
  ],
  [
    'a number of rows for all parents together',
    'BAD_QUERY',
    'prefetch: User.tweets: limit() and offset() would cut off the rows of all parents together; for a number of rows each, use load(…, { perParent })',
    () => users().prefetch(Tweet.select().limit(3))
  ],
  [
    'plain rows to be put into others',
    'BAD_QUERY',
    'prefetch: the query needs instances: a query of all columns of Tweet, as Tweet.select() gives, without dicts(), tuples(), objects() or columns()',
    () => users().prefetch(any(Tweet.select().dicts()))
  ],
  [
    'some columns alone',
    'BAD_QUERY',
    /^prefetch: the query needs instances/,
    () => users().prefetch(any(Tweet.select(t => [t.content])))
  ],
  [
    'plain rows to put others into',
    'BAD_QUERY',
    /^prefetch needs instances: a query of all columns of User/,
    () => users().dicts().prefetch(Tweet)
  ],
  [
    'no model',
    'WRONG_TYPE',
    'prefetch: expected a model or a select of one, or [select, model], got a string',
    () => users().prefetch(any('tweets'))
  ],
  ['undefined', 'UNDEFINED_VALUE', /^prefetch: expected a model/, () => users().prefetch(any(undefined))],
  [
    'something else than a query',
    'WRONG_TYPE',
    'prefetch: expected a select of a model first, got a function',
    () => prefetch(any(User), any(Tweet))
  ],
  ['a relation twice', 'BAD_QUERY', /^prefetch: User.tweets is named twice/, () => users().prefetch(Tweet, [Tweet, User])]
]

const loads: readonly Misuse[] = [
  [
    'a relation that the model has not',
    'UNKNOWN_PROPERTY',
    'withRelated: User has no relation "twets"; did you mean "tweets"?',
    () => users().withRelated(any('twets'))
  ],
  [
    'a name that is near none',
    'UNKNOWN_PROPERTY',
    'withRelated: User has no relation "username"; it has tweets, favorites, sent, received',
    () => users().withRelated(any('username'))
  ],
  [
    'a model without relations',
    'UNKNOWN_PROPERTY',
    'withRelated: Register has no relation "value"; it has none',
    () => Register.select().withRelated(any('value'))
  ],
  [
    'a relation that the model further down has not',
    'UNKNOWN_PROPERTY',
    /^withRelated: Tweet has no relation "tweets"/,
    () => users().withRelated(any(load('tweets').then('tweets')))
  ],
  [
    'an unknown relation of a named model',
    'UNKNOWN_PROPERTY',
    /^load: User has no relation "twets"/,
    () => load(User, any('twets'))
  ],
  [
    'a relation of another model',
    'BAD_QUERY',
    "withRelated: load(Tweet, 'tags') is of Tweet, but here are rows of User",
    () => users().withRelated(any(load(Tweet, 'tags')))
  ],
  [
    'a query of another model',
    'BAD_QUERY',
    'load: User.tweets leads to Tweet, but the query gives rows of User',
    () => users().withRelated(any(load('tweets', { query: users() })))
  ],
  [
    'a query of another model at once, where the model is named',
    'BAD_QUERY',
    'load: User.tweets leads to Tweet, but the query gives rows of User',
    () => load(User, 'tweets', { query: any(users()) })
  ],
  [
    'plain rows',
    'BAD_QUERY',
    'load: "tweets": the query needs instances: a query of all columns of Tweet, as Tweet.select() gives, without dicts(), tuples(), objects() or columns()',
    () => load('tweets', { query: any(Tweet.select().dicts()) })
  ],
  ['rows as tuples', 'BAD_QUERY', /needs instances/, () => load(User, 'tweets', { query: any(Tweet.select().tuples()) })],
  [
    'a model for a query',
    'WRONG_TYPE',
    'load: "tweets": expected a select, got a model; give its select()',
    () => load('tweets', { query: any(Tweet) })
  ],
  [
    'a compound for a query',
    'WRONG_TYPE',
    /^load: "tweets": expected a select, got a Compound/,
    () => load('tweets', { query: any(Tweet.select().union(Tweet.select())) })
  ],
  [
    'a limit for all parents together',
    'BAD_QUERY',
    'load: "tweets": limit() and offset() would cut off the rows of all parents together; for a number of rows each, use load(…, { perParent })',
    () => load('tweets', { query: Tweet.select().limit(3) })
  ],
  [
    'a limit beside perParent',
    'BAD_QUERY',
    /limit\(\) and offset\(\) would cut off/,
    () => load('tweets', { query: Tweet.select().offset(1), perParent: 2 })
  ],
  [
    'groups that are to be counted',
    'BAD_QUERY',
    'load: "tweets": perParent numbers the rows, so the query can have no distinct(), groupBy() or forUpdate()',
    () => load('tweets', { query: Tweet.select().distinct(), perParent: 2 })
  ],
  [
    'half a row',
    'BAD_ARGUMENT',
    'load: perParent must be a whole number of rows from 1 up, got 0.5',
    () => load('tweets', { perParent: 0.5 })
  ],
  ['no row', 'BAD_ARGUMENT', /perParent must be a whole number of rows from 1 up, got 0/, () => load('tweets', { perParent: 0 })],
  [
    'a number as text',
    'BAD_ARGUMENT',
    /perParent must be a whole number/,
    () => users().withRelated('tweets', any({ perParent: '3' }))
  ],
  [
    'a number of rows where there is one',
    'BAD_ARGUMENT',
    'load: perParent is for relations to many rows; Tweet.user leads to one User',
    () => Tweet.select().withRelated(load('user', { perParent: 3 }))
  ],
  [
    'unknown options',
    'UNKNOWN_OPTION',
    'load has no option "limit"; it has query, perParent',
    () => load('tweets', any({ limit: 3 }))
  ],
  [
    'unknown options for all',
    'UNKNOWN_OPTION',
    'withRelated has no option "limit"; it has perParent',
    () => users().withRelated('tweets', any({ limit: 3 }))
  ],
  [
    'options that are none',
    'WRONG_TYPE',
    'load: expected options such as { perParent: 3 }, got a number',
    () => load('tweets', any(3))
  ],
  ['no name', 'WRONG_TYPE', /^load: expected the name of a relation, as in load\(User, 'tweets'\)/, () => load(any(3))],
  [
    'a function',
    'WRONG_TYPE',
    /^withRelated: expected the name of a relation or load/,
    () => users().withRelated(any((u: User) => u.tweets))
  ],
  [
    'a list',
    'WRONG_TYPE',
    /^withRelated: expected the name of a relation or load\(.*, got an Array/,
    () => users().withRelated(any(['tweets']))
  ],
  [
    'undefined',
    'UNDEFINED_VALUE',
    /^withRelated: expected the name of a relation or load/,
    () => users().withRelated(any(undefined))
  ],
  [
    'options that do not come last',
    'WRONG_TYPE',
    /^withRelated: expected the name of a relation or load/,
    () => users().withRelated(any({ perParent: 3 }), 'tweets')
  ],
  [
    'a relation twice',
    'BAD_QUERY',
    "withRelated: User.tweets is named twice; give all that is behind it to one: load('tweets').then(…, …)",
    () => users().withRelated('tweets', load('tweets').then('tags'))
  ],
  [
    'a relation that was loaded before',
    'BAD_QUERY',
    /^withRelated: User.tweets is named twice/,
    () => users().prefetch(Tweet).withRelated('tweets')
  ],
  ['plain rows to load for', 'BAD_QUERY', /^withRelated needs instances/, () => users().tuples().withRelated('tweets')],
  ['columns to load for', 'BAD_QUERY', /^withRelated needs instances/, () => User.select(u => [u.id]).withRelated('tweets')],
  [
    'rows that are not those of the model',
    'BAD_QUERY',
    /^withRelated needs instances/,
    () =>
      Tweet.select(User)
        .join(User, { on: t => t.user })
        .withRelated('tags')
  ]
]

describe('queries of a load and of prefetch refuse', () => {
  it.each([
    ['a node', Tweet.select().node('replica')],
    ['a signal', Tweet.select().signal(new AbortController().signal)],
    ['a time limit', Tweet.select().timeout(9)]
  ])('%s of their own, which would say nothing', (_, query) => {
    const message = 'give node(), signal() and timeout() to the query that it is loaded with; they hold for both'
    expect(() => load('tweets', { query })).toThrow(`load: "tweets": ${message}`)
    expect(() => users().prefetch(query)).toThrow(`prefetch: ${message}`)
    expect(() => load('tweets', { query: query.where(t => t.views.gt(1)) })).toThrow(message)
  })
})

describe('prefetch refuses', () => checkMisuse(prefetches))
describe('load and withRelated refuse', () => checkMisuse(loads))

describe('a load', () => {
  it('is not awaited', async () => {
    await expect(Promise.resolve(load('tweets') as unknown)).rejects.toMatchObject({
      code: 'WRONG_TYPE',
      message: 'load: "tweets" is loaded by a query, and not awaited itself: query.withRelated(load(…))'
    })
  })

  it('does not change when more is named behind it', () => {
    const tweets = load(User, 'tweets')
    const more = tweets.then('tags')
    expect(more).not.toBe(tweets)
    expect(() => users().withRelated(tweets)).not.toThrow()
  })
})
