import fc from 'fast-check'
import {
  and,
  BooleanField,
  caseWhen,
  type Expr,
  type Fields,
  fn,
  IntegerField,
  Model,
  model,
  not,
  or,
  TextField,
  value
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** Random expressions, each with the function that says what SQL must make of it, by the rules of three-valued logic. */

@model({ tableName: 'trees' })
export class Cell extends Model {
  @UUIDKeyField() id!: string
  @IntegerField() place!: number
  @IntegerField({ null: true }) a!: number | null
  @IntegerField({ null: true }) b!: number | null
  @TextField({ null: true }) x!: string | null
  @TextField({ null: true }) y!: string | null
  @BooleanField({ null: true }) p!: boolean | null
  @BooleanField({ null: true }) q!: boolean | null
}

/** The rows of the table, as they are given and as they are found. */
export const ROWS = [
  { place: 0, a: 1, b: 2, x: 'a', y: 'b', p: true, q: false },
  { place: 1, a: null, b: 2, x: null, y: '', p: null, q: true },
  { place: 2, a: -7, b: null, x: 'Ab_%\\', y: null, p: false, q: null },
  { place: 3, a: null, b: null, x: null, y: null, p: null, q: null },
  { place: 4, a: 0, b: 0, x: '', y: '', p: false, q: false },
  { place: 5, a: 9, b: -9, x: 'aB', y: 'aB', p: true, q: true },
  { place: 6, a: 3, b: 3, x: '100%', y: "it's", p: false, q: true }
] as const
export type Row = (typeof ROWS)[number]

/** An expression, and its value for a row. */
export interface Tree<T> {
  readonly sql: Expr<T | null>
  readonly of: (row: Row) => T | null
  /** For counterexamples. */
  readonly text: string
}

type Num = Tree<number>
type Text = Tree<string>
type Bool = Tree<boolean>

const c: Fields<Cell> = Cell.fields()

/** A tree of others that is null where any of them is. */
function strict<A, B, T>(text: string, left: Tree<A>, right: Tree<B>, sql: Expr<T | null>, of: (a: A, b: B) => T): Tree<T> {
  const value = (row: Row): T | null => {
    const [a, b] = [left.of(row), right.of(row)]
    return a === null || b === null ? null : of(a, b)
  }
  return { sql, of: value, text: `${left.text}.${text}(${right.text})` }
}

function strictOne<A, T>(text: string, operand: Tree<A>, sql: Expr<T | null>, of: (a: A) => T): Tree<T> {
  const value = (row: Row): T | null => {
    const a = operand.of(row)
    return a === null ? null : of(a)
  }
  return { sql, of: value, text: `${operand.text}.${text}` }
}

function column<K extends 'a' | 'b' | 'x' | 'y' | 'p' | 'q'>(name: K): Tree<NonNullable<Row[K]>> {
  return { sql: c[name] as never, of: row => row[name] as never, text: name }
}

function constant<T extends string | number | boolean>(of: T | null, type: string): Tree<T> {
  return { sql: value(of, of === null ? type : undefined) as Expr<T | null>, of: () => of, text: JSON.stringify(of) }
}

/** AND and OR by Kleene's tables: what decides, decides, whatever is unknown beside it. */
function kleene(operands: readonly Bool[], decisive: boolean): Bool['of'] {
  return row => {
    const values = operands.map(operand => operand.of(row))
    if (values.includes(decisive)) return decisive
    return values.includes(null) ? null : !decisive
  }
}

/** IN: true where it is found, else unknown where anything is. */
function isIn(left: unknown, values: readonly unknown[]): boolean | null {
  if (values.length === 0) return false
  if (left === null) return null
  return values.includes(left) ? true : values.includes(null) ? null : false
}

const negated = (value: boolean | null): boolean | null => (value === null ? null : !value)

/** What all types have. */
function shared<T>(bool: fc.Arbitrary<Bool>, own: fc.Arbitrary<Tree<T>>): fc.Arbitrary<Tree<T>>[] {
  const branches = fc.array(fc.tuple(bool, own), { minLength: 1, maxLength: 2 })
  return [
    fc.tuple(own, own).map(([a, b]) => ({
      sql: fn.coalesce(a.sql, b.sql) as Expr<T | null>,
      of: row => a.of(row) ?? b.of(row),
      text: `coalesce(${a.text}, ${b.text})`
    })),
    fc.tuple(own, own).map(([a, b]) => ({
      sql: fn.nullif(a.sql as never, b.sql) as unknown as Expr<T | null>,
      of: row => (a.of(row) === b.of(row) ? null : a.of(row)),
      text: `nullif(${a.text}, ${b.text})`
    })),
    fc.tuple(branches, fc.option(own, { nil: null })).map(([list, otherwise]) => ({
      sql: caseWhen(list.map(([when, then]) => [when.sql, then.sql] as const) as never, (otherwise?.sql ?? undefined) as never),
      of: row => (list.find(([when]) => when.of(row) === true)?.[1] ?? otherwise)?.of(row) ?? null,
      text: `case(${list.map(([when, then]) => `${when.text} => ${then.text}`).join(', ')}, ${otherwise?.text})`
    }))
  ]
}

/** A column or constant, now and then NULL: too many of them, and nothing is known of anything. */
function leaf<T>(columns: fc.Arbitrary<Tree<T>>, constants: fc.Arbitrary<Tree<T>>, unknown: Tree<T>): fc.Arbitrary<Tree<T>> {
  return fc.oneof(
    { arbitrary: columns, weight: 6 },
    { arbitrary: constants, weight: 4 },
    { arbitrary: fc.constant(unknown), weight: 1 }
  )
}

const small = fc.integer({ min: -9, max: 9 })
const numberLeaf: fc.Arbitrary<Num> = leaf(
  fc.constantFrom(column('a') as Num, column('b') as Num),
  small.map(n => constant(n, 'int8')),
  constant<number>(null, 'int8')
)
const words = ['', 'a', 'aB', '%', '_', '\\', "it's"]
const textLeaf: fc.Arbitrary<Text> = leaf(
  fc.constantFrom(column('x') as Text, column('y') as Text),
  fc.constantFrom(...words).map(word => constant(word, 'text')),
  constant<string>(null, 'text')
)
const boolLeaf: fc.Arbitrary<Bool> = leaf(
  fc.constantFrom(column('p') as Bool, column('q') as Bool),
  fc.boolean().map(flag => constant<boolean>(flag, 'bool')),
  constant<boolean>(null, 'bool')
)

const ORDERS = {
  lt: (a: number, b: number) => a < b,
  lte: (a: number, b: number) => a <= b,
  gt: (a: number, b: number) => a > b,
  gte: (a: number, b: number) => a >= b
}
const SUMS = { add: (a: number, b: number) => a + b, sub: (a: number, b: number) => a - b }
const DIVISIONS = { div: (a: number, b: number) => Math.trunc(a / b), mod: (a: number, b: number) => a % b }
const keys = <T extends object>(of: T) => fc.constantFrom(...(Object.keys(of) as (keyof T & string)[]))
/** Without the minus of zero, which SQL's integers have not. */
const plain = (n: number): number => n + 0
const call = (of: Expr<unknown>, method: string, ...args: unknown[]): never =>
  (of as unknown as Record<string, (...args: unknown[]) => never>)[method](...args)

/** Arbitrary expressions of each type; the depth keeps numbers so small that no server overflows. */
export const trees = fc.letrec<{ num: Num; text: Text; bool: Bool }>(tie => {
  const num = tie('num') as fc.Arbitrary<Num>
  const text = tie('text') as fc.Arbitrary<Text>
  const bool = tie('bool') as fc.Arbitrary<Bool>
  const either = fc.oneof(num as fc.Arbitrary<Tree<unknown>>, text as fc.Arbitrary<Tree<unknown>>)
  const depth = { maxDepth: 4, depthSize: 'small', withCrossShrink: true } as const
  return {
    num: fc.oneof(
      depth,
      numberLeaf,
      fc.tuple(keys(SUMS), num, num).map(([op, a, b]) => strict(op, a, b, call(a.sql, op, b.sql), SUMS[op])),
      fc.tuple(numberLeaf, numberLeaf).map(([a, b]) => strict('mul', a, b, call(a.sql, 'mul', b.sql), (m, n) => plain(m * n))),
      fc
        .tuple(
          keys(DIVISIONS),
          num,
          small.filter(n => n !== 0)
        )
        .map(([op, a, by]) => strictOne(`${op}(${by})`, a, call(a.sql, op, by), n => plain(DIVISIONS[op](n, by)))),
      num.map(a => strictOne('neg()', a, call(a.sql, 'neg'), n => plain(-n))),
      text.map(a => strictOne('length', a, fn.length(a.sql), s => s.length)),
      ...shared(bool, num)
    ),
    text: fc.oneof(
      depth,
      textLeaf,
      fc.tuple(text, text).map(([a, b]) => strict('concat', a, b, call(a.sql, 'concat', b.sql), (s, t) => s + t)),
      fc.tuple(textLeaf, num).map(([a, b]) => strict('concat', a, b, call(a.sql, 'concat', b.sql), (s, n) => s + String(n))),
      text.map(a => strictOne('upper', a, fn.upper(a.sql), s => s.toUpperCase())),
      ...shared(bool, text)
    ),
    bool: fc.oneof(
      depth,
      boolLeaf,
      fc.tuple(keys(ORDERS), num, num).map(([op, a, b]) => strict(op, a, b, call(a.sql, op, b.sql), ORDERS[op])),
      fc
        .oneof(fc.tuple(num, num), fc.tuple(text, text), fc.tuple(bool, bool))
        .map(([a, b]) => strict('eq', a as Tree<unknown>, b as Tree<unknown>, call(a.sql, 'eq', b.sql), (m, n) => m === n)),
      fc.tuple(text, text).map(([a, b]) => strict('ne', a, b, call(a.sql, 'ne', b.sql), (s, t) => s !== t)),
      fc.oneof(fc.tuple(num, num), fc.tuple(text, text)).map(
        ([a, b]): Bool => ({
          sql: call(a.sql, 'isDistinctFrom', b.sql),
          of: row => a.of(row) !== b.of(row),
          text: `${a.text}.isDistinctFrom(${b.text})`
        })
      ),
      fc.array(bool, { maxLength: 3 }).map(
        (list): Bool => ({
          sql: and(...(list.map(item => item.sql) as never[])),
          of: kleene(list, false),
          text: `and(${list.map(item => item.text).join(', ')})`
        })
      ),
      fc.array(bool, { maxLength: 3 }).map(
        (list): Bool => ({
          sql: or(...(list.map(item => item.sql) as never[])),
          of: kleene(list, true),
          text: `or(${list.map(item => item.text).join(', ')})`
        })
      ),
      bool.map(a => strictOne('not', a, not(a.sql as never), flag => !flag)),
      fc.tuple(bool, fc.constantFrom(true, false, null)).map(
        ([a, is]): Bool => ({
          sql: call(a.sql, 'is', is),
          of: row => a.of(row) === is,
          text: `${a.text}.is(${is})`
        })
      ),
      fc.tuple(num, fc.array(fc.option(small), { maxLength: 3 }), fc.boolean()).map(
        ([a, list, no]): Bool => ({
          sql: call(a.sql, no ? 'notIn' : 'in', list),
          of: row => (no ? negated(isIn(a.of(row), list)) : isIn(a.of(row), list)),
          text: `${a.text}.${no ? 'notIn' : 'in'}(${JSON.stringify(list)})`
        })
      ),
      fc.tuple(text, fc.array(text, { minLength: 1, maxLength: 3 })).map(
        ([a, list]): Bool => ({
          sql: call(
            a.sql,
            'in',
            list.map(item => item.sql)
          ),
          of: row =>
            isIn(
              a.of(row),
              list.map(item => item.of(row))
            ),
          text: `${a.text}.in(${list.map(item => item.text).join(', ')})`
        })
      ),
      fc.tuple(num, num, num).map(
        ([a, low, high]): Bool => ({
          sql: call(a.sql, 'between', low.sql, high.sql),
          of: kleene(
            [strict('gte', a, low, a.sql as never, ORDERS.gte), strict('lte', a, high, a.sql as never, ORDERS.lte)],
            false
          ),
          text: `${a.text}.between(${low.text}, ${high.text})`
        })
      ),
      fc.tuple(either, fc.boolean()).map(
        ([a, yes]): Bool => ({
          sql: call(a.sql, 'isNull', yes),
          of: row => (a.of(row) === null) === yes,
          text: `${a.text}.isNull(${yes})`
        })
      ),
      fc
        .tuple(text, fc.constantFrom(...words))
        .map(([a, part]) =>
          strictOne(`contains(${part})`, a, call(a.sql, 'contains', part), s => s.toLowerCase().includes(part.toLowerCase()))
        ),
      fc
        .tuple(text, textLeaf)
        .map(([a, part]) =>
          strict('startsWith', a, part, call(a.sql, 'startsWith', part.sql), (s, t) =>
            s.toLowerCase().startsWith(t.toLowerCase())
          )
        ),
      ...shared(bool, bool)
    )
  }
})

/** The same trees, which show themselves as text where a property fails. */
export function shown<T>(arbitrary: fc.Arbitrary<Tree<T>>): fc.Arbitrary<Tree<T>> {
  return arbitrary.map(tree => ({ ...tree, [fc.toStringMethod]: () => tree.text }))
}
