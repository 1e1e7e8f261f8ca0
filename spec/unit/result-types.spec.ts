import { caseWhen, fn, sql, value } from 'pewit'
import type { ExprNode } from '../../lib/ast/nodes.js'
import { Doc, models, Tweet, User } from '../dialect/tables/models.js'
import { bindModels } from '../helpers/dialects.js'

bindModels(models)

const u = User.fields()
const d = Doc.fields()
const typeOf = (of: unknown) => (of as { readonly node: ExprNode }).node.type

describe('what an expression gives is read by its declared type, the same from every server', () => {
  it.each<[string, unknown, string]>([
    ['a column', u.username, 'varchar'],
    ['count', fn.count(), 'int8'],
    ['length', fn.length(u.username), 'int8'],
    ['sum of integers', fn.sum(u.age), 'numeric'],
    ['sum of decimals', fn.sum(u.balance), 'numeric'],
    ['avg of floats', fn.avg(u.score), 'float8'],
    ['stddev of integers', fn.stddev(u.age), 'numeric'],
    ['max', fn.max(u.seenAt), 'timestamptz'],
    ['LOWER, in any case', fn.LOWER(u.id), 'text'],
    ['now', fn.now(), 'timestamptz'],
    ['random', fn.random(), 'float8'],
    ['gen_random_uuid', fn.gen_random_uuid(), 'uuid'],
    ['date_trunc', fn.date_trunc('day', u.seenAt), 'timestamptz'],
    ['date_part', fn.date_part('year', u.seenAt), 'float8'],
    ['array_agg', fn.array_agg(u.id), 'uuid[]'],
    ['array of a select', fn.array(Tweet.select(t => [t.createdAt])), 'timestamptz[]'],
    ['array_prepend', fn.array_prepend('a', d.tags), 'text[]'],
    ['jsonb_agg', fn.jsonb_agg(u.age), 'jsonb'],
    ['bool_or', fn.bool_or(u.active), 'bool'],
    ['coalesce', fn.coalesce(u.age, 0), 'int8'],
    ['coalesce with a fraction', fn.coalesce(u.age, 0.5), 'numeric'],
    ['a function that is not known: as the server says', fn.mystery(u.score), 'unknown'],
    ['a function that is not known, without any', fn.mystery(), 'unknown'],
    ['caseWhen of values', caseWhen([[u.active, 'x']] as never, 'y'), 'text'],
    ['caseWhen of an expression', caseWhen([[u.active, 1]] as never, u.balance as never), 'numeric'],
    ['an integer and an integer', u.age.add(1), 'int8'],
    ['an integer and a decimal', u.age.add(u.balance as never), 'numeric'],
    ['an integer and a float', u.age.add(u.score as never), 'float8'],
    ['a difference of instants', u.seenAt.sub(u.seenAt as never), 'interval'],
    ['an instant and an interval', u.seenAt.add('1 day' as never), 'timestamptz'],
    ['an interval and an instant', value('1 day', 'interval').add(u.seenAt as never), 'timestamptz'],
    ['an interval, twice', value('1 day', 'interval').mul(2), 'interval'],
    ['a difference of days', d.day.sub(d.day as never), 'int8'],
    ['days later', d.day.add(1 as never), 'date'],
    ['an item', d.tags.at(0), 'text'],
    ['a length', d.tags.length(), 'int8'],
    ['a part of JSON', d.data.get('a'), 'jsonb'],
    ['a part of JSON as text', d.data.get('a').asText(), 'text'],
    ['a cast', u.age.cast('text'), 'text'],
    ['raw SQL', sql`1`, 'unknown']
  ])('%s', (_, expression, type) => expect(typeOf(expression).name).toBe(type))

  it('as the values that JavaScript has for them', () => {
    expect(typeOf(fn.array_agg(u.age)).decode('{1,NULL,3}')).toEqual([1, null, 3])
    expect(typeOf(fn.jsonb_agg(u.age)).decode('[1, null]')).toEqual([1, null])
    expect(typeOf(fn.date_trunc('day', u.seenAt)).decode('2024-02-29 00:00:00+00')).toEqual(new Date('2024-02-29T00:00:00Z'))
    expect(typeOf(d.size.add(1n as never)).decode('9223372036854775807')).toBe(9223372036854775807n)
    expect(typeOf(u.age.mul(1.5)).decode('4.5')).toBe(4.5)
  })
})
