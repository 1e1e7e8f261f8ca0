import {
  AutoField,
  type Backref,
  CharField,
  Check,
  compositeKey,
  deferredForeignKey,
  ForeignKeyField,
  IntegerField,
  type Metadata,
  Model,
  metadata,
  model,
  modelGraph,
  PostgresqlDatabase,
  type Ref,
  type Relation,
  sortModels
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** What is known of models. */

const db = new PostgresqlDatabase('nowhere')

@model({ database: db, schema: 's', tableName: 'people', constraints: [Check('age > 0')] })
class Person extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, columnName: 'full_name' }) name!: string
  @IntegerField({ default: 3 }) age!: number
  @CharField({ default: () => 'x' }) nick!: string
  declare notes: Backref<Note>
}

@model({ database: db, dependsOn: [Person] })
class Apart extends Model {
  @AutoField() key!: number
}

@model({ database: db })
class Note extends Model {
  @ForeignKeyField(() => Person, { backref: 'notes' }) author!: Ref<Person>
  @ForeignKeyField(() => Person, { null: true }) reader!: Ref<Person> | null
  @ForeignKeyField(() => Note, { null: true, backref: 'answers' }) about!: Ref<Note> | null
  declare answers: Backref<Note>
}

@model({ database: db, primaryKey: compositeKey('note', 'place') })
class Line extends Model {
  @IntegerField() place!: number
  @ForeignKeyField(() => Note) note!: Ref<Note>
  @deferredForeignKey('DefinedLater') later!: Ref<Person>
}

const name = ({ from, field, to, backref }: Relation) => [from.name, field.property, to.name, backref]
const names = (metas: Iterable<Metadata>) => Array.from(metas, meta => meta.name)

describe('metadata', () => {
  it('tells the names of a model', () => {
    const meta = metadata(Person)
    expect(meta).toMatchObject({ name: 'Person', tableName: 'people', schema: 's', database: db, model: Person })
    expect(meta.table).toEqual({ kind: 'table', name: 'people', schema: 's' })
    expect(meta.constraints).toHaveLength(1)
    expect(metadata(Person.new({ name: 'x' }))).toBe(meta)
    expect(() => metadata(class Plain {})).toThrow(/Plain is not a model: decorate the class/)
  })

  it('tells its fields, by every name', () => {
    const meta = metadata(Person)
    expect(meta.fieldNames).toEqual(['id', 'name', 'age', 'nick'])
    expect([...meta.columns.keys()]).toEqual(['id', 'full_name', 'age', 'nick'])
    expect([...meta.combined.keys()].sort()).toEqual(['age', 'full_name', 'id', 'name', 'nick'])
    expect(meta.combined.get('full_name')).toBe(meta.field('name'))
    expect(metadata(Note).combined.get('authorId')).toBe(metadata(Note).combined.get('author_id'))
    expect([...meta.defaults.keys()]).toEqual(['age', 'nick'])
    expect(meta.defaults.get('age')).toBe(3)
  })

  it('tells its key', () => {
    const keys = [Person, Apart, Note, Line].map(each => {
      const { primaryKey, compositeKey: several, autoIncrement } = metadata(each)
      return [primaryKey.map(({ property }) => property), several, autoIncrement]
    })
    expect(keys).toEqual([
      [['id'], false, true],
      [['key'], false, true],
      [['id'], false, true],
      [['note', 'place'], true, false]
    ])
  })

  it('tells what it refers to, and what refers to it', () => {
    expect(metadata(Note).refs.map(name)).toEqual([
      ['Note', 'author', 'Person', 'notes'],
      ['Note', 'reader', 'Person', undefined],
      ['Note', 'about', 'Note', 'answers']
    ])
    expect(metadata(Person).backrefs.map(name)).toEqual([
      ['Note', 'author', 'Person', 'notes'],
      ['Note', 'reader', 'Person', undefined]
    ])
    expect(names(metadata(Note).modelRefs.keys())).toEqual(['Person', 'Note'])
    expect(
      metadata(Note)
        .modelRefs.get(metadata(Person))
        ?.map(({ field }) => field.property)
    ).toEqual(['author', 'reader'])
    expect(names(metadata(Note).modelBackrefs.keys())).toEqual(['Note', 'Line'])
    expect(metadata(Person).refs).toEqual([])
  })

  it('knows a model that is defined later by its name', () => {
    expect(() => metadata(Line).refs).toThrow(/no model "DefinedLater"/)
    @model({ database: db })
    class DefinedLater extends Model {
      declare id: number
    }
    expect(metadata(Line).refs.map(name)).toEqual([
      ['Line', 'note', 'Note', undefined],
      ['Line', 'later', 'DefinedLater', undefined]
    ])
    expect(metadata(DefinedLater).backrefs.map(name)).toEqual([['Line', 'later', 'DefinedLater', undefined]])
  })

  it('can be bound while a model that it refers to is not defined yet, and says so when that is needed', () => {
    const later: { target?: typeof Person } = {}
    @model()
    class Early extends Model {
      @ForeignKeyField(() => Person) person!: Ref<Person>
      @ForeignKeyField(() => later.target as typeof Person) other!: Ref<Person>
      @deferredForeignKey('NeverThere') third!: Ref<Person>
    }
    db.bind([Early])
    expect(metadata(Early).database).toBe(db)
    expect(metadata(Early).definedRefs.map(name)).toEqual([['Early', 'person', 'Person', undefined]])
    expect(() => metadata(Early).refs).toThrow(/Early\.other refers to undefined, which is no model; in files that import/)
  })

  it('has indexes of the parts of a key that the key itself is none of', () => {
    @model()
    class Hall extends Model {}
    @model({ primaryKey: compositeKey('person', 'place', 'note') })
    class Seat extends Model {
      @ForeignKeyField(() => Hall) person!: Ref<Hall>
      @IntegerField({ unique: true }) place!: number
      @ForeignKeyField(() => Hall) note!: Ref<Hall>
      @ForeignKeyField(() => Hall, { index: false }) other!: Ref<Hall>
    }
    @model({ primaryKey: compositeKey('note', 'person') })
    class Only extends Model {
      @ForeignKeyField(() => Hall, { unique: true }) note!: Ref<Hall>
      @ForeignKeyField(() => Hall, { index: false }) person!: Ref<Hall>
    }
    const indexes = (of: object) => metadata(of).indexes.map(({ fields, unique }) => [fields, unique])
    expect(indexes(Seat)).toEqual([
      [['place'], true],
      [['note'], false]
    ])
    expect(indexes(Only)).toEqual([[['note'], true]])
  })

  it('tells its indexes, those of single fields first', () => {
    expect(metadata(Note).indexes).toEqual([
      { fields: ['author'], unique: false, using: undefined },
      { fields: ['reader'], unique: false, using: undefined },
      { fields: ['about'], unique: false, using: undefined }
    ])
    expect(metadata(Person).indexes.map(({ fields, unique }) => [fields, unique])).toEqual([[['name'], true]])
  })
})

describe('the graph of models', () => {
  it('has all that are related, each model once', () => {
    const steps = (options?: Parameters<typeof modelGraph>[1]) =>
      modelGraph(Note, options).map(({ relation, model: to, backref }) => [relation.field.property, to.name, backref])
    expect(steps({ backrefs: false })).toEqual([
      ['author', 'Person', false],
      ['reader', 'Person', false],
      ['about', 'Note', false]
    ])
    expect(steps({ refs: false })).toEqual([
      ['about', 'Note', true],
      ['note', 'Line', true]
    ])
    expect(new Set(steps().map(([, to]) => to))).toEqual(new Set(['Person', 'Note', 'Line', 'DefinedLater', 'Early']))
    expect(modelGraph(Apart)).toEqual([])
  })

  it('sorts models, those that others refer to or depend on first', () => {
    expect(sortModels([Line, Apart, Note, Person])).toEqual([Person, Note, Line, Apart])
    expect(sortModels([Note, Note, Line])).toEqual([Note, Line])
    expect(() => sortModels([Note, class Other extends Model {}])).toThrow('Other is not a model')
  })
})
