import {
  ArrayField,
  AutoField,
  BigIntegerField,
  DateTimeField,
  DecimalField,
  EnumField,
  FixedCharField,
  InterfaceError,
  Model,
  model,
  or,
  PostgresqlDatabase,
  type Predicate,
  sql,
  TextField,
  TimestampFieldType,
  UUIDField,
  value
} from 'pewit'

/** Values that strangers make: none takes long to be refused, and none gets further than it should. */

const db = new PostgresqlDatabase('nowhere', { host: '127.0.0.1', port: 1 })

@model({ database: db })
class Form extends Model {
  @AutoField() id!: number
  @DecimalField({ null: true }) amount!: string | null
  @FixedCharField({ null: true }) code!: string | null
  @DateTimeField({ null: true, as: 'string' }) local!: string | null
  @DateTimeField({ null: true }) at!: Date | null
  @BigIntegerField({ null: true, as: 'string' }) big!: string | null
  @UUIDField({ null: true }) ref!: string | null
  @TextField({ null: true }) text!: string | null
  @ArrayField(TextField, { null: true }) tags!: string[] | null
}

const refusal = (work: () => unknown): Error | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return error as Error
  }
}

describe('values of strangers', () => {
  it('a long text that is no type is refused at once', () => {
    const started = performance.now()
    expect(refusal(() => value('x').cast(`${'a'.repeat(50_000)}!`))?.message).toMatch(/is not the name of a SQL type$/)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  // Each of these took from one second to minutes, where a regular expression tried a text in every possible way.
  it.each<[string, object]>([
    ['zeros and no number', { amount: `${'0'.repeat(100_000)}x` }],
    ['digits and no number', { amount: `${'1'.repeat(100_000)}x` }],
    ['decimals of zeros', { amount: `.${'0'.repeat(100_000)}1` }],
    ['spaces before the end', { code: `${' '.repeat(100_000)}x` }],
    ['digits for a time', { local: `${'1'.repeat(100_000)}x` }],
    ['signs for a time', { local: `${'+00 '.repeat(25_000)}x` }]
  ])('%s are dealt with at once', (_, data) => {
    const started = performance.now()
    refusal(() => Form.insert(data))
    refusal(() => Form.update(data))
    for (const [name, given] of Object.entries(data)) refusal(() => Form.select().where(f => f[name as 'text'].eq(given)))
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('decimals are counted as they were', () => {
    const fits = [
      '',
      '0',
      '-0',
      '00000000001',
      '1.50000000',
      '12345.67891',
      '.5',
      '5.',
      '1e3',
      '100e-5',
      ' 1 ',
      '0e99',
      '0.000010e1'
    ]
    for (const amount of fits.slice(1)) expect([amount, refusal(() => Form.insert({ amount }))]).toEqual([amount, undefined])
    for (const [amount, message] of [
      ['123456', '6 digits before the point'],
      ['1e5', '6 digits before the point'],
      ['0.000001', '6 decimals'],
      ['1e-6', '6 decimals'],
      ['', 'a string that is none'],
      ['.', 'a string that is none'],
      ['1.2.3', 'a string that is none'],
      ['0x10', 'a string that is none']
    ])
      expect(refusal(() => Form.insert({ amount }).sql())?.message).toContain(message)
  })

  it('offsets of times are seen where there are some', () => {
    for (const local of ['2024-01-01 10:00-03', '2024-01-01 10:00:00.5 +05:30', '0044-03-15 10:00:00+01 BC'])
      expect(refusal(() => Form.insert({ local }).sql())?.message).toContain('an offset from UTC')
    for (const local of ['2024-01-01', '2024-01-01 10:00:00', '0044-03-15 10:00:00 BC', '99999-12-31', 'infinity'])
      expect(refusal(() => Form.insert({ local }).sql())).toBeUndefined()
  })

  it('text that no Date can be made of is refused before it is written', () => {
    for (const at of ['now', 'infinity', '2024-01-01 10:00 EST', 'x'])
      for (const work of [() => Form.insert({ at: at as never }), () => Form.update({ at: at as never })])
        expect(refusal(work)?.message).toContain('.at: text of no instant')
    expect(refusal(() => Form.insert({ at: '2024-01-01 10:00:00' as never }))).toBeUndefined()
  })

  it('a list with holes is refused, like one with undefined', () => {
    for (const tags of [new Array(1), Object.assign(['a'], { 2: 'b' })])
      expect(refusal(() => Form.insert({ tags: tags as string[] }).sql())?.message).toMatch(
        /tags: item [01] of the array is undefined/
      )
  })

  it('integers and UUIDs are sent as servers write them', () => {
    const { values, text } = Form.insert({ big: '+007', ref: '{AAAAAAAA-aaaa-4AAA-8aaa-AAAAAAAAAAAA}' }).sql()
    expect(text).toContain('"big", "ref"')
    expect(values).toHaveLength(2)
    expect(String(Form.insert({ big: '+007', ref: '{AAAAAAAA-aaaa-4AAA-8aaa-AAAAAAAAAAAA}' }))).toContain(
      "VALUES (7, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'::uuid)"
    )
  })
})

describe('values of servers', () => {
  it('that are counted instants beyond what a Date holds are refused, and no invalid Dates', () => {
    const { decode } = new TimestampFieldType().baseType()
    expect(decode('8640000000000')).toEqual(new Date(8.64e15))
    for (const ticks of ['8640000000001', String(-(2n ** 63n))])
      expect(() => decode(ticks)).toThrow(`An instant of ${ticks} ticks of 1/1 s has no JavaScript Date`)
  })
})

describe('what no server can hold', () => {
  const NUL = ['a\0', 'a NUL character'] as const
  const HALF = ['a\ud800', 'half of a surrogate pair'] as const

  it.each([NUL, HALF])('%j is no identifier, and the message says which', (name, message) => {
    const works: (() => unknown)[] = [
      () =>
        Form.select(value(1).as(name))
          .where(f => f.text.collate(name).eq('a'))
          .sql(),
      () => Form.alias(name).select().sql(),
      () => Form.select().cte(name).select().sql(),
      () =>
        Form.select()
          .where(sql`${sql.identifier('a', name)}`)
          .sql(),
      () =>
        Form.insert({ text: 'a' })
          .onConflict({ constraint: name, update: { text: 'b' } })
          .sql()
    ]
    for (const work of works)
      expect(refusal(work)?.message).toContain(`The identifier ${JSON.stringify(name)} contains ${message}`)
  })

  it.each([NUL, HALF])('%j is no value of an enum', (name, message) => {
    expect(() => EnumField(['a', name])).toThrow(`EnumField: the value ${JSON.stringify(name)} contains ${message}`)
  })

  it.each([NUL, HALF])('%j is no option of a connection, where it would begin another', (name, message) => {
    for (const [option, options] of [
      ['application_name', { connection: { application_name: name } }],
      ['user', { user: name }],
      ['password', { password: name }],
      [name, { connection: { [name]: 'x' } }]
    ] as const)
      expect(() => new PostgresqlDatabase('x', options)).toThrow(`The option ${JSON.stringify(option)} contains ${message}`)
    expect(() => new PostgresqlDatabase(name)).toThrow(InterfaceError)
    expect(() => new PostgresqlDatabase('postgresql://u@h/x?application_name=a%00options%00-c')).toThrow(
      'contains a NUL character'
    )
  })
})

describe('chains of conditions', () => {
  it('are written however long they are', () => {
    const { id } = Form.fields()
    const some = Array.from({ length: 20_000 }, (_, i) => id.eq(i))
    for (const long of [or(...some), some.reduce((all, one) => all.or(one) as Predicate & typeof one)]) {
      const { text } = Form.select().where(long).sql()
      expect(text.match(/ OR /g)).toHaveLength(19_999)
      expect(text).toMatch(/WHERE \("t1"."id" = \$1\) OR \("t1"."id" = \$2\) OR .* OR \("t1"."id" = \$20000\)$/)
    }
  })

  it('that are nested too deeply are refused, and the message says what to write', () => {
    const { id } = Form.fields()
    let nested = id.eq(0)
    for (let i = 1; i < 50_000; i++) nested = id.eq(i).or(nested) as typeof nested
    const query = Form.select().where(nested)
    for (const work of [() => query.sql(), () => String(query)])
      expect(refusal(work)).toMatchObject({ code: 'BAD_QUERY', message: expect.stringContaining('nested too deeply') })
  })
})
