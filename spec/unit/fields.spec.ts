import {
  ArrayField,
  AutoField,
  BigIntegerField,
  BitField,
  CharField,
  choiceLabel,
  DateTimeField,
  EnumField,
  Field,
  FloatField,
  ForeignKeyField,
  field,
  IdentityField,
  InferField,
  IntegerField,
  Model,
  ModelDefinitionError,
  metadata,
  model,
  PostgresqlDatabase,
  SQL,
  TextField,
  TimestampField
} from 'pewit'
import { CockroachDatabase, RowIDField } from 'pewit/playhouse/cockroachdb'
import { checkMisuse } from '../helpers/dialects.js'

/** What fields say of themselves before there is a table. */

describe('options of fields', () => {
  checkMisuse([
    [
      'a misspelt one',
      'UNKNOWN_OPTION',
      'CharField has no option "maxLenght"; did you mean "maxLength"?',
      () => CharField({ maxLenght: 3 } as never)
    ],
    [
      'one of another field',
      'UNKNOWN_OPTION',
      'FloatField has no option "maxDigits"',
      () => FloatField({ maxDigits: 3 } as never)
    ],
    [
      'of a foreign key',
      'UNKNOWN_OPTION',
      /^ForeignKeyField has no option "ondelete"; did you mean "onDelete"/,
      () => ForeignKeyField(() => Model, { ondelete: 'CASCADE' } as never)
    ],
    ['of an enum', 'UNKNOWN_OPTION', /^EnumField has no option "names"/, () => EnumField(['a'], { names: 'x' } as never)],
    [
      'of items',
      'UNKNOWN_OPTION',
      /^CharField has no option "length"/,
      () => ArrayField(CharField, { item: { length: 3 } } as never)
    ],
    ['of a key', 'UNKNOWN_OPTION', /^RowIDField has no option "start"/, () => RowIDField({ start: 1 } as never)],
    [
      'a form of integers',
      'BAD_ARGUMENT',
      '{ as } of an integer is one of number, bigint, string',
      () => BigIntegerField({ as: 'float' } as never)
    ],
    ['a form of identities', 'BAD_ARGUMENT', /^{ as } of an integer/, () => IdentityField({ as: 'int' } as never)],
    [
      'a form of instants',
      'BAD_ARGUMENT',
      "{ as } of a field of instants is 'date' or 'string'",
      () => DateTimeField({ as: 'number' } as never)
    ],
    [
      'a resolution',
      'BAD_ARGUMENT',
      'TimestampField: resolution must be one of 1, 10, 100, 1000, 10000, 100000, 1000000, or a number of decimals, 2 to 6',
      () => TimestampField({ resolution: 7 })
    ],
    ['enums of nothing', 'WRONG_TYPE', /^EnumField: expected its values/, () => EnumField([])],
    ['enums of numbers', 'WRONG_TYPE', /^EnumField: expected its values/, () => EnumField([1] as never)],
    ['a value twice', 'BAD_ARGUMENT', 'EnumField: a value is there twice', () => EnumField(['a', 'b', 'a'])],
    ['a flag twice', 'BAD_ARGUMENT', 'BitField: a flag is there twice', () => BitField({ flags: ['a', 'a'] })],
    [
      'a bit that is none',
      'BAD_ARGUMENT',
      'BitField: the bit of a must be a positive integer below 2^53',
      () => BitField({ flags: { a: 0 } })
    ],
    [
      'a default of what is generated',
      'BAD_ARGUMENT',
      /^IntegerField: a generated column takes no default/,
      () => IntegerField({ generated: SQL('1'), default: 1 })
    ],
    ['arrays of arrays', 'BAD_ARGUMENT', /^ArrayField takes no ArrayField/, () => ArrayField(ArrayField(TextField) as never)]
  ])

  it('are free for a field of a program’s own', () => {
    class MoneyType extends Field<number> {
      constructor(options: object = {}) {
        super(options)
      }
    }
    expect(() => field(MoneyType)({ currency: 'EUR' } as never)).not.toThrow()
  })

  it('are there for programs to read', () => {
    @model()
    class Person extends Model {
      @CharField<'f' | 'm'>({
        choices: [
          ['f', 'female'],
          ['m', 'male']
        ],
        helpText: 'as in the passport',
        verboseName: 'sex of the person'
      })
      sex!: 'f' | 'm'
    }
    expect([choiceLabel(Person, 'sex', 'm'), choiceLabel(Person, 'sex', 'x' as 'm')]).toEqual(['male', undefined])
    expect(metadata(Person).field('sex').field.options).toEqual({
      choices: [
        ['f', 'female'],
        ['m', 'male']
      ],
      helpText: 'as in the passport',
      verboseName: 'sex of the person'
    })
  })
})

describe('resolutions', () => {
  it.each([
    [1, 1_234n, 1_234_000],
    [10, 12n, 1_200],
    [2, 123n, 1_230],
    [3, 1_234n, 1_234],
    [1_000_000, 1_234_567n, 1_234]
  ])('%d', (resolution, ticks, milliseconds) => {
    @model({ database: new PostgresqlDatabase('nowhere') })
    class Moment extends Model {
      @TimestampField({ resolution }) at!: Date
    }
    const { column } = metadata(Moment).source.columns[1]
    expect(column.type.decode(String(ticks))).toEqual(new Date(milliseconds))
    const exact = new Date(Math.floor(milliseconds))
    expect(column.type.decode(column.type.encode(exact))).toEqual(exact)
  })
})

describe('keys that the server counts', () => {
  const typeOn = (decorator: unknown) => {
    class Thing extends Model {}
    ;(decorator as (target: object, key: string) => void)(Thing.prototype, 'id')
    const Bound = model({ database: new CockroachDatabase('nowhere') })(Thing as never) as unknown as typeof Thing
    return metadata(Bound ?? Thing).source.columns[0].column.type
  }

  it('fit a number where a small sequence counts them, and nowhere else beyond 2^53', () => {
    expect(typeOn(IdentityField()).decode('7')).toBe(7)
    expect(typeOn(IdentityField({ as: 'bigint' })).decode('7')).toBe(7n)
    expect(typeOn(AutoField({ as: 'string' })).decode('9007199254740993')).toBe('9007199254740993')
    expect(() => typeOn(AutoField())).toThrow(ModelDefinitionError)
    expect(() => typeOn(AutoField())).toThrow(/^Thing\.id: .*{ as: 'bigint' }/)
  })
})

describe('inferred fields', () => {
  it('are those of the property', () => {
    @model()
    class Everything extends Model {
      @InferField() text!: string
      @InferField({ unique: true }) number!: number
      @InferField() flag!: boolean
      @InferField() moment!: Date
      @InferField() big!: bigint
      @InferField() bytes!: Uint8Array
      @InferField() buffer!: Buffer
    }
    const fields = metadata(Everything).fields.slice(1)
    expect(fields.map(item => item.field.columnType)).toEqual(['text', 'float8', 'bool', 'timestamptz', 'int8', 'bytea', 'bytea'])
    expect(fields.map(item => item.field.options.null)).toEqual(new Array(7).fill(undefined))
    expect(fields[1].field.options.unique).toBe(true)
  })

  it('need a type that says enough', () => {
    expect(() => {
      class Wrong extends Model {
        // @ts-expect-error nothing can be inferred of it
        @InferField() json!: object
      }
      return Wrong
    }).toThrow(
      /^Wrong\.json: InferField finds no field: the type that the compiler left, Object, tells too little; use one of TextField, /
    )
    class Bare extends Model {}
    const decorate = InferField() as (target: object, key: string) => void
    expect(() => decorate(Bare.prototype, 'name')).toThrow(ModelDefinitionError)
    expect(() => decorate(Bare.prototype, 'name')).toThrow(
      /^Bare\.name: .*the compiler left no type of the property; set "emitDecoratorMetadata"/
    )
  })
})

describe('flags', () => {
  it('have names of their own', () => {
    const define = (flags: string[]) => () => {
      class Post extends Model {
        declare id: number
        title!: string
      }
      const on = (decorator: unknown, property: string) =>
        (decorator as (target: object, key: string) => void)(Post.prototype, property)
      on(TextField(), 'title')
      on(BitField({ flags }), 'flags')
      on(BitField({ flags: ['other'] }), 'more')
      return model()(Post)
    }
    expect(define(['fine'])).not.toThrow()
    for (const name of ['title', 'save', 'flags', 'other', 'id'])
      expect(define([name])).toThrow(new RegExp(`^Post\\.(flags|more): the name "${name}" is taken already`))
  })

  it('are found again in models that extend one', () => {
    @model()
    class Post extends Model {
      declare id: number
      @BitField({ flags: ['isOpen'] }) flags!: number
      declare isOpen: boolean
    }
    @model()
    class Page extends Post {}
    const page = Page.new({ isOpen: true })
    expect([page.flags, page.isOpen]).toEqual([1, true])
  })

  it('are not hidden by class fields', () => {
    @model()
    class Post extends Model {
      @BitField({ flags: ['isOpen'] }) flags!: number
      isOpen = false
    }
    expect(() => new Post()).toThrow('Post.isOpen hides an accessor of a flag: write `declare isOpen: …`')
  })
})
