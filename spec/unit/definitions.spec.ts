import {
  CharField,
  compositeKey,
  deferredForeignKey,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  ModelDefinitionError,
  type ModelOptions,
  metadata,
  model,
  type Ref,
  SQL
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** What is refused when a model is defined, and the names that everything takes where none is given. */

@model()
class Target extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  method(): void {}
}

/** A model with two columns and options that no compiler has seen. */
function withOptions(options: object): () => unknown {
  return () => {
    @model(options as ModelOptions)
    class Wrong extends Model {
      @IntegerField() a!: number
      @IntegerField() b!: number
    }
    return Wrong
  }
}

describe('a model is refused', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['with an empty table name', withOptions({ tableName: '' }), /Wrong: tableName must be a name/],
    ['with a table name that is none', withOptions({ tableName: () => 7 }), /Wrong: tableName .* not a number/],
    ['with an empty schema', withOptions({ schema: '' }), /Wrong: the schema is an empty name/],
    [
      'with an index of an unknown property',
      withOptions({ indexes: [[['a', 'bb'], true]] }),
      /an index names "bb", .*did you mean "b"/
    ],
    [
      'with an index of no property',
      withOptions({ indexes: [[[], true]] }),
      /Wrong: index 0 is written \[\['a', 'b'\], unique\]/
    ],
    ['with an index that is a name', withOptions({ indexes: ['a'] }), /Wrong: index 0 is written/],
    ['with an index without unique', withOptions({ indexes: [[['a', 'b']]] }), /Wrong: index 0 is written/],
    [
      'with an index of something else',
      withOptions({ indexes: [{ fields: ['a', 7] }] }),
      /index 0 names something that is neither/
    ],
    [
      'with a constraint that is text',
      withOptions({ constraints: ['CHECK (a > b)'] }),
      /constraint 0 is a string; write SQL\('CHECK/
    ],
    ['with settings that are no text', withOptions({ tableSettings: [1] }), /tableSettings are text .* not a number/],
    [
      'that depends on what is not defined yet',
      withOptions({ dependsOn: [undefined] }),
      /dependsOn takes models, not undefined; in files that import/
    ],
    ['that depends on no model', withOptions({ dependsOn: [class Plain {}] }), /dependsOn takes models/],
    [
      'with a composite key of nothing',
      withOptions({ primaryKey: compositeKey() }),
      /Wrong: primaryKey is compositeKey\('a', 'b'\) or false/
    ],
    ['with a key that is a name', withOptions({ primaryKey: 'a' }), /primaryKey is compositeKey/],
    ['with a composite key of unknown names', withOptions({ primaryKey: compositeKey('a', 'bb') }), /primaryKey names "bb"/],
    ['with a composite key that says a name twice', withOptions({ primaryKey: compositeKey('a', 'a') }), /names a property twice/]
  ])('%s', (_, work, message) => {
    expect(work).toThrow(ModelDefinitionError)
    expect(work).toThrow(message)
  })

  it('with a key that can be null', () => {
    expect(() => {
      @model()
      class Wrong extends Model {
        @CharField({ primaryKey: true, null: true }) key!: string | null
      }
      return Wrong
    }).toThrow(/Wrong\.key is a primary key, which is never null/)
    expect(() => {
      @model({ primaryKey: compositeKey('a', 'b') })
      class Wrong extends Model {
        @CharField() a!: string
        @CharField({ null: true }) b!: string | null
      }
      return Wrong
    }).toThrow(/Wrong\.b is a primary key/)
  })

  it('with a field that is a member of every model', () => {
    expect(() => {
      @model()
      class Wrong extends Model {
        declare id: number
      }
      CharField()(Wrong.prototype, 'save' as never)
      return model()(Wrong)
    }).toThrow(/Wrong\.save is a method or an accessor of the class; .*columnName: 'save'/)
  })

  it('with two foreign keys that keep their keys under one name', () => {
    expect(() => {
      @model()
      class Wrong extends Model {
        @ForeignKeyField(() => Target, { objectIdName: 'key' }) a!: Ref<Target>
        @ForeignKeyField(() => Target, { objectIdName: 'key' }) b!: Ref<Target>
      }
      return Wrong
    }).toThrow(/Wrong\.b keeps its key under "key", as a does/)
  })

  it('with a foreign key that keeps its key under the name of a method', () => {
    expect(() => {
      @model()
      class Wrong extends Model {
        @ForeignKeyField(() => Target, { objectIdName: 'reload' }) a!: Ref<Target>
      }
      return Wrong
    }).toThrow(/keeps its key under "reload", which is a member of the class/)
  })

  it('with a backref that is a property of the target, or a method', () => {
    for (const backref of ['name', 'method']) {
      expect(() => {
        @model()
        class Wrong extends Model {
          @ForeignKeyField(() => Target, { backref }) target!: Ref<Target>
        }
        return Wrong
      }).toThrow(`Wrong.target: the backref "${backref}" is a property of Target already; give another name`)
    }
  })

  it('with a backref that is no name', () => {
    for (const backref of ['', 7, true, () => '']) {
      expect(() => {
        @model()
        class Wrong extends Model {
          @ForeignKeyField(() => Target, { backref: backref as never }) target!: Ref<Target>
        }
        return Wrong
      }).toThrow(/^Wrong\.target: the backref is a name, false for none, or a function of the model/)
    }
  })

  it('with a backref that another model has, as where both inherit the foreign key', () => {
    abstract class Base extends Model {
      @ForeignKeyField(() => Target, { backref: 'shared' }) target!: Ref<Target>
    }
    @model()
    class First extends Base {}
    expect(() => {
      @model()
      class Second extends Base {}
      return Second
    }).toThrow(/Second\.target: the backref "shared" of Target is that of First\.target already; .*a function of the model/)
    expect(metadata(First).refs).toHaveLength(1)
  })

  it('where a deferred foreign key refers to a name that no model has, once it is used', () => {
    @model()
    class Waiting extends Model {
      @deferredForeignKey('NeverDefined') other!: Ref<Target>
    }
    expect(() => metadata(Waiting).refs).toThrow(ModelDefinitionError)
    expect(() => metadata(Waiting).refs).toThrow(/no model "NeverDefined", .*is its file imported/)
  })

  it('where its decorator is given what it does not take', () => {
    expect(() => deferredForeignKey('')).toThrow(/expected the name of a model's class/)
    expect(() => ForeignKeyField(() => Target, { deferrable: 'SOMETIMES' as never })).toThrow(
      /deferrable is not one of INITIALLY DEFERRED/
    )
    expect(() => ForeignKeyField(Target as never)).toThrow(
      'expected a function that gives the model: ForeignKeyField(() => User)'
    )
  })
})

describe('names', () => {
  it('of tables are snake_case, given, or made by a function, which is inherited', () => {
    abstract class Unnamed extends Model {}
    @model({ tableName: name => `app_${name.toLowerCase()}`, schema: 'app' })
    class APIBase extends Unnamed {}
    @model()
    class HTTPLog extends APIBase {}
    @model({ tableName: 'own' })
    class Own extends APIBase {}
    @model()
    class OfOwn extends Own {}
    const names = [APIBase, HTTPLog, Own, OfOwn].map(each => metadata(each).tableName)
    expect(names).toEqual(['app_apibase', 'app_httplog', 'own', 'of_own'])
    expect(metadata(HTTPLog).schema).toBe('app')
    expect(metadata(HTTPLog).table).toEqual({ kind: 'table', name: 'app_httplog', schema: 'app' })
  })

  it('of foreign keys end in _id, but not twice', () => {
    @model()
    class Naming extends Model {
      @ForeignKeyField(() => Target) target!: Ref<Target>
      @ForeignKeyField(() => Target) parent_id!: Ref<Target>
      @ForeignKeyField(() => Target, { columnName: 'x', objectIdName: 'xKey' }) other!: Ref<Target>
      declare targetId: string
      declare xKey: string
    }
    expect(metadata(Naming).fields.map(({ columnName, keyProperty }) => [columnName, keyProperty])).toEqual([
      ['id', undefined],
      ['target_id', 'targetId'],
      ['parent_id', 'parent_idId'],
      ['x', 'xKey']
    ])
    expect(new Naming({ target: 'a', parent_id: 'b', xKey: 'c' })).toMatchObject({ targetId: 'a', xKey: 'c' })
  })
})

describe('an index', () => {
  @model()
  class Indexed extends Model {
    @CharField() name!: string
    @IntegerField({ columnName: 'the_age' }) age!: number
  }

  it('is named after its table and columns', () => {
    expect(Indexed.index(['name', 'age']).name).toBe('indexed_name_the_age')
    expect(Indexed.index(['the_age' as 'age']).name).toBe('indexed_the_age')
    expect(Indexed.index(i => i.age.desc()).name).toBe('indexed_the_age')
    expect(Indexed.index(i => [fn.lower(i.name), i.age]).name).toBe('indexed_the_age')
    expect(Indexed.index(i => fn.lower(i.name), { name: 'lower_name' }).name).toBe('lower_name')
  })

  it.each<[string, () => unknown, RegExp]>([
    [
      'without a name that could be derived',
      () => Indexed.index(i => fn.lower(i.name)),
      /Indexed: an index of expressions alone has no name/
    ],
    ['of an unknown property', () => Indexed.index(['nam'] as never), /Indexed has no property "nam"; did you mean "name"/],
    ['of nothing', () => Indexed.index([]), /an index needs at least one field/],
    ['of undefined', () => Indexed.index([undefined] as never), /got undefined/],
    [
      'without distinct nulls, but not unique',
      () => Indexed.index(['name'], { nullsDistinct: false }),
      /only known of an index that is \{ unique: true \}/
    ],
    [
      'with a condition that is none',
      () => Indexed.index(['name'], { where: (() => undefined) as never }),
      /an index's where: the condition is undefined/
    ]
  ])('%s is refused', (_, work, message) => {
    expect(work).toThrow(message)
  })

  it('added to a model counts among its own', () => {
    @model({ indexes: [[['name', 'age'], true], { fields: ['age'], where: SQL('the_age > 3'), name: 'grown' }] })
    class Several extends Model {
      @CharField({ unique: true }) name!: string
      @IntegerField({ columnName: 'the_age', index: true }) age!: number
    }
    const before = metadata(Several).indexes.length
    Several.addIndex(['age', 'name'])
    Several.addIndex(Several.index(s => s.age.desc(), { name: 'downwards' }))
    expect(before).toBe(4)
    expect(metadata(Several).indexes.map(({ name, unique }) => [name, unique])).toEqual([
      [undefined, true],
      [undefined, false],
      [undefined, true],
      ['grown', undefined],
      [undefined, undefined],
      ['downwards', undefined]
    ])
  })
})
