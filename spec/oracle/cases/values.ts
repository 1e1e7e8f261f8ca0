import { currentRow, fn, following, fromTimestamp, op, preceding, value, window } from 'pewit'
import { Doc, Event, Flags, Sample, Tweet, User } from '../models.js'
import type { Translations } from '../run.js'

/** Aggregates, windows, JSON, arrays, flags, parts of times. */

const s = Sample.fields()
const d = Doc.fields()

export const aggregates: Translations = {
  'expr.agg_filter': () => Tweet.select(t => [fn.count(t.id).filter(t.isPublished.eq(true)).as('n')]).tuples(),
  'expr.agg_order_by_filter': () =>
    User.select(u => [fn.string_agg(u.username, ',').orderBy(u.id).filter(u.age.eq(13)).as('x')]).tuples(),
  'row.function_python_value': () =>
    User.select(u => [
      fn
        .string_agg(u.username, ',')
        .orderBy(u.id)
        .converter(text => text.split(','))
    ])
      .where(u => u.id.lt(3))
      .scalar(),
  'expr.expression_op_custom': () =>
    Doc.select(d.id)
      .where(op(d.tags, '@>', value(['py'])))
      .orderBy(d.id)
      .tuples()
}

export const times: Translations = {
  // Peewee gives decimals here.
  'expr.time_extract': async () => {
    const rows = await Event.select(e => [e.t.hour().as('h'), e.t.minute().as('m')])
      .orderBy(e => e.id)
      .tuples()
    return rows.map(row => row.map(String))
  },
  'expr.timestamp_from': () =>
    Event.select(e => [fromTimestamp(e.ts).as('x')])
      .orderBy(e => e.id)
      .tuples()
}

const w1 = window({ partitionBy: s.counter }).as('w1')
const w2 = window({ orderBy: s.id }).as('w2')

export const windows: Translations = {
  'window.partition': () =>
    Sample.select(s.counter, s.value, fn.avg(s.value).over({ partitionBy: s.counter }).as('a'))
      .orderBy(s.id)
      .tuples(),
  'window.running_total': () =>
    Sample.select(s.id, fn.sum(s.value).over({ orderBy: s.id }).as('s'))
      .orderBy(s.id)
      .tuples(),
  'window.first_value': () =>
    Sample.select(s.id, fn.first_value(s.value).over({ partitionBy: s.counter, orderBy: s.value.desc() }).as('x'))
      .orderBy(s.id)
      .tuples(),
  'window.frame_unbounded': () =>
    Sample.select(
      s.id,
      fn
        .sum(s.value)
        .over({ orderBy: s.id, frame: { start: preceding(), end: currentRow } })
        .as('s')
    )
      .orderBy(s.id)
      .tuples(),
  'window.frame_type_only': () =>
    Sample.select(
      s.counter,
      fn
        .sum(s.value)
        .over({ orderBy: s.counter, frame: { type: 'range' } })
        .as('s')
    )
      .orderBy(s.id)
      .tuples(),
  'window.two_named_windows': () =>
    Sample.select(s.id, fn.sum(s.value).over(w1).as('s1'), fn.sum(s.value).over(w2).as('s2'))
      .window(w1, w2)
      .orderBy(s.id)
      .tuples(),
  'window.window_in_subquery': () => {
    const ranked = Sample.select(s.id, fn.row_number().over({ partitionBy: s.counter, orderBy: s.value.desc() }).as('rn')).alias(
      'rq'
    )
    return ranked
      .select(q => [q.id])
      .where(q => q.rn.eq(1))
      .orderBy(q => q.id)
      .tuples()
  },
  'window.exclude_current': () =>
    Sample.select(
      s.id,
      fn
        .sum(s.value)
        .over({ orderBy: s.id, frame: { start: preceding(), end: following(), exclude: 'currentRow' } })
        .as('s')
    )
      .orderBy(s.id)
      .tuples()
}

const docs = () => Doc.select(d.id).orderBy(d.id)

export const json: Translations = {
  'json.getitem_select': () => Doc.select(d.jdata.get('k').as('k')).orderBy(d.id).tuples(),
  'json.as_text_eq': () => docs().where(d.jdata.get('k').asText().eq('v2')).tuples(),
  'json.ne': () => docs().where(d.jdata.get('n').ne(10)).tuples(),
  'json.root_eq': () =>
    docs()
      .where(d.jdata.eq([1, 2, 3]))
      .tuples(),
  'json.in_': () =>
    docs()
      .where(d.jdata.get('k').in(['v1', 'v2']))
      .tuples(),
  'json.startswith': () => docs().where(d.jdata.get('k').startsWith('v')).tuples(),
  'json.contained_by': () =>
    docs()
      .where(d.jdata.get('tags').containedBy(['sql', 'x']))
      .tuples(),
  'json.path_has_key': () => docs().where(d.jdata.get('tags').hasKey('orm')).tuples(),
  'json.set_object': () => Doc.update({ jdata: d.jdata.get('obj').set({ a: [1, true, null] }) }).where(d.id.eq(1)),
  'json.replace_existing': () => Doc.update({ jdata: d.jdata.get('k').replace('rep') }).where(d.id.eq(1)),
  'json.remove': () => Doc.update({ jdata: d.jdata.get('k').remove() }).where(d.id.eq(1))
}

export const jsonb: Translations = {
  'jsonb_ext.arrow_eq': () => docs().where(d.data.get('k').eq('v1')).tuples(),
  'jsonb_ext.path': () =>
    Doc.select(d.data.extract('o', 'x', 'y').as('y'))
      .orderBy(d.id)
      .tuples(),
  'jsonb_ext.contained_by': () =>
    docs()
      .where(d.data.get('o').containedBy({ x: { z: 1 }, q: 2 }))
      .tuples(),
  'jsonb_ext.lookup_contains': () =>
    docs()
      .where(d.data.get('a').contains([1]))
      .tuples(),
  'jsonb_ext.remove_keys': () => Doc.update({ data: d.data.remove('k', 'n') }).where(d.id.eq(1)),
  'jsonb_ext.insert_path': () => Doc.update({ data: d.data.get('newkey').insert('zz') }).where(d.id.eq(1)),
  'jsonb_ext.length': () => Doc.select(d.data.get('a').length().as('n')).where(d.id.lt(3)).orderBy(d.id).tuples(),
  'jsonb_ext.path_query_array': () => Doc.select(d.data.pathQueryArray('$.a[*]').as('x')).where(d.id.eq(1)).tuples()
}

export const arrays: Translations = {
  'array.index_where': () => docs().where(d.tags.at(0).eq('py')).tuples(),
  'array.contains': () => docs().where(d.tags.contains('py')).tuples(),
  'array.any_fn': () =>
    docs()
      .where(value('py').eq(fn.any(d.tags)))
      .tuples(),
  'array.array_append': () => Doc.update({ tags: fn.array_append(d.tags, 'new') }).where(d.id.eq(1))
}

const f = Flags.fields()

export const flags: Translations = {
  'bitfield.flag_negated': () => Flags.select(f.label).where(f.isSticky.not()).orderBy(f.id).tuples(),
  'bitfield.field_or_int': () => Flags.select(f.flags.bitOr(4).as('x')).orderBy(f.id).tuples(),
  'bitfield.flag_clear_update': () => Flags.update({ isSticky: false }).where(f.id.eq(3))
}
