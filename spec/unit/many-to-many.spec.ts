import {
  CharField,
  ForeignKeyField,
  IntegerField,
  type ManyToMany,
  ManyToManyField,
  Model,
  ModelDefinitionError,
  metadata,
  model,
  PostgresqlDatabase,
  type Ref,
  throughModel
} from 'pewit'
import { refusal } from '../helpers/dialects.js'

/** What many-to-many relations are declared as, and what of it is refused. */

const db = new PostgresqlDatabase('nowhere')

@model({ database: db, schema: 's' })
class BlogPost extends Model {
  @ManyToManyField(() => Tag, { backref: 'posts', onDelete: 'CASCADE', onUpdate: 'RESTRICT' }) tags!: ManyToMany<Tag>
  @ManyToManyField(() => Tag, { tableName: 'hidden' }) hiddenTags!: ManyToMany<Tag>
}

@model({ database: db })
class Tag extends Model {
  declare posts: ManyToMany<BlogPost>
}

describe('a many-to-many relation', () => {
  it('has a model for its pairs, with the names that Peewee gives it', () => {
    const through = metadata(throughModel(BlogPost, 'tags'))
    expect(through).toMatchObject({ name: 'BlogPostTagThrough', tableName: 'blog_post_tag_through', schema: 's', database: db })
    expect([...through.columns.keys()]).toEqual(['id', 'blog_post_id', 'tag_id'])
    expect(through.refs.map(({ to, field }) => [to.name, field.property])).toEqual([
      ['BlogPost', 'blogPost'],
      ['Tag', 'tag']
    ])
    expect(through.indexes.filter(index => index.unique).map(index => index.fields)).toEqual([['blogPost', 'tag']])
    for (const { field } of through.refs) expect(field.field.options).toMatchObject({ onDelete: 'CASCADE', onUpdate: 'RESTRICT' })
    expect(metadata(throughModel(BlogPost, 'hiddenTags')).tableName).toBe('hidden')
    expect(throughModel(Tag, 'posts')).toBe(throughModel(BlogPost, 'tags'))
  })

  it('has two keys for its pairs where both models have one name', () => {
    const other = () => {
      @model({ database: db, tableName: 'other_tag' })
      class Tag extends Model {}
      return Tag
    }
    const Other = other()

    @model({ database: db, tableName: 'tagged_tag' })
    class Tag extends Model {
      @ManyToManyField(() => Other) tags!: ManyToMany<Model>
    }
    expect(metadata(throughModel(Tag, 'tags')).fieldNames).toEqual(['id', 'fromTag', 'toTag'])
  })

  it('has a temporary table where one of its models has', () => {
    @model({ database: db, temporary: true })
    class Passing extends Model {
      @ManyToManyField(() => Tag) tags!: ManyToMany<Tag>
    }
    expect(metadata(throughModel(Passing, 'tags')).options.temporary).toBe(true)
    expect(metadata(throughModel(BlogPost, 'tags')).options.temporary ?? false).toBe(false)
  })

  it('is known to both of its models', () => {
    const tags = metadata(BlogPost).manyToMany.get('tags')
    const posts = metadata(Tag).manyToMany.get('posts')
    expect([...metadata(BlogPost).manyToMany.keys()]).toEqual(['tags', 'hiddenTags'])
    expect([...metadata(Tag).manyToMany.keys()]).toEqual(['posts'])
    expect([tags?.from, tags?.to, tags?.reversed, tags?.implicit]).toEqual([metadata(BlogPost), metadata(Tag), false, true])
    expect([posts?.from, posts?.to, posts?.reversed, posts?.implicit]).toEqual([metadata(Tag), metadata(BlogPost), true, true])
    expect(posts?.through).toBe(tags?.through)
    expect([posts?.near, posts?.far]).toEqual([tags?.far, tags?.near])
    expect(tags?.near.property).toBe('blogPost')
  })

  it('is named where a join would have to lead through it', () => {
    expect(() => Tag.select().join(BlogPost)).toThrow(
      'There is no foreign key between Tag and BlogPost; join BlogPostTagThrough first, which refers to both, or pass the condition'
    )
  })

  it('waits for models that are defined later, in any order', () => {
    let Room: typeof Model
    let Booking: typeof Model

    @model({ database: db })
    class Guest extends Model {
      @ManyToManyField(() => Room, { backref: 'guests', through: () => Booking }) rooms!: ManyToMany<Model>
    }
    expect(() => metadata(Guest).manyToMany.get('rooms')?.to).toThrow(
      /Guest\.rooms leads to undefined, which is no model; in files that import each other it may not be defined yet/
    )
    {
      @model({ database: db })
      class Inner extends Model {
        @ForeignKeyField(() => Guest) guest!: Ref<Guest>
        @ForeignKeyField(() => Room) room!: Ref<Model>
      }
      Booking = Inner
    }
    expect(() => metadata(Guest).manyToMany.get('rooms')?.through).toThrow(/Guest\.rooms leads to undefined/)
    {
      @model({ database: db })
      class Later extends Model {
        declare guests: ManyToMany<Guest>
      }
      Room = Later
    }

    @model({ database: db })
    class Unrelated extends Model {}
    expect(metadata(Unrelated).manyToMany.size).toBe(0)
    expect(metadata(Room).manyToMany.get('guests')).toMatchObject({ from: metadata(Room), to: metadata(Guest) })
    expect(metadata(Guest).manyToMany.get('rooms')?.through).toBe(metadata(Booking))
  })

  it('is on both models before its through model is complete', () => {
    let Late: typeof Model

    @model({ database: db })
    class Reader extends Model {
      @ManyToManyField(() => Book, { backref: 'readers', through: () => Loan }) books!: ManyToMany<Book>
    }

    @model({ database: db })
    class Book extends Model {
      declare readers: ManyToMany<Reader>
    }

    @model({ database: db })
    class Loan extends Model {
      @ForeignKeyField(() => Reader) reader!: Ref<Reader>
      @ForeignKeyField(() => Book) book!: Ref<Book>
      @ForeignKeyField(() => Late) until!: Ref<Model>
    }
    const books = metadata(Reader).manyToMany.get('books')
    expect(() => Book.new({}).readers).toThrow(ModelDefinitionError)
    {
      @model({ database: db })
      class Inner extends Model {}
      Late = Inner
    }
    expect(() => Book.new({}).readers).toThrow(/Cannot get many-to-many "readers" for unsaved Book/)
    expect(books?.through).toBe(metadata(Loan))
  })

  it('is inherited, each model with pairs of its own', () => {
    @model({ database: db })
    abstract class Tagged extends Model {
      @ManyToManyField(() => Tag, { backref: ({ name }) => `${name.toLowerCase()}s` }) labels!: ManyToMany<Tag>
    }

    @model()
    class Photo extends Tagged {
      @CharField() title!: string
    }

    @model()
    class Song extends Tagged {}
    const tables = [Photo, Song].map(each => metadata(throughModel(each, 'labels')).tableName)
    expect(tables).toEqual(['photo_tag_through', 'song_tag_through'])
    expect(metadata(Tag).manyToMany.has('photos')).toBe(true)
    expect(metadata(Tag).manyToMany.get('songs')?.to).toBe(metadata(Song))
    expect(Object.keys(new Photo({ title: 'x' }))).toEqual(['id', 'title'])
  })
})

describe('what is refused of a many-to-many relation', () => {
  it.each<[name: string, code: string, message: RegExp, work: () => unknown]>([
    [
      'a model',
      'WRONG_TYPE',
      /expected a function that gives the model: ManyToManyField\(\(\) => Course\)/,
      () => ManyToManyField(Tag as never)
    ],
    ['no model', 'WRONG_TYPE', /expected a function that gives the model/, () => ManyToManyField('Tag' as never)],
    [
      'a name for the through model',
      'WRONG_TYPE',
      /gives the through model: \{ through: \(\) => Enrollment \}/,
      () => ManyToManyField(() => Tag, { through: 'x' as never })
    ],
    ['a class for it', 'WRONG_TYPE', /gives the through model/, () => ManyToManyField(() => Tag, { through: Tag as never })],
    [
      'an unknown option',
      'UNKNOWN_OPTION',
      /no option "backRef"; .*"backref"/,
      () => ManyToManyField(() => Tag, { backRef: 'x' } as object)
    ],
    [
      'actions beside a through model',
      'BAD_ARGUMENT',
      /with \{ through \}, onDelete is said by that model/,
      () => ManyToManyField(() => Tag, { through: () => Tag, onDelete: 'CASCADE' })
    ],
    [
      'a table beside it',
      'BAD_ARGUMENT',
      /with \{ through \}, tableName is said/,
      () => ManyToManyField(() => Tag, { through: () => Tag, tableName: 'x' })
    ],
    [
      'its fields without it',
      'BAD_ARGUMENT',
      /throughFields are those of a model given as \{ through \}/,
      () => ManyToManyField(() => Tag, { throughFields: ['a', 'b'] })
    ],
    [
      'one field of it',
      'BAD_ARGUMENT',
      /throughFields are two names/,
      () => ManyToManyField(() => Tag, { through: () => Tag, throughFields: ['a'] as never })
    ],
    [
      'a property without a name',
      'BAD_ARGUMENT',
      /a property with a name, not a symbol/,
      () => (ManyToManyField(() => Tag) as PropertyDecorator)({}, Symbol('x'))
    ]
  ])('%s', (_, code, message, work) => {
    expect(refusal(work)).toEqual({ code, message: expect.stringMatching(message) })
  })

  it('an action that there is not', () => {
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @ManyToManyField(() => Tag, { onDelete: 'cascad' as never }) tags!: ManyToMany<Tag>
      }
      return A
    }).toThrow(/"cascad" is not one of CASCADE/)
  })

  it('the other kind of decorators', () => {
    for (const decorator of [ManyToManyField(() => Tag), CharField()]) {
      const decorate = decorator as unknown as (target: undefined, context: object) => void
      expect(() => decorate(undefined, { kind: 'field' })).toThrow(/"experimentalDecorators": true/)
    }
  })

  it('a through model without the foreign keys, or with too many', () => {
    @model({ database: db })
    class Pair extends Model {
      @ForeignKeyField(() => Tag) tag!: Ref<Tag>
      @ForeignKeyField(() => Tag) other!: Ref<Tag>
      @IntegerField() weight!: number
    }
    const relationOf = (options: { through: () => typeof Model; throughFields?: readonly [string, string] }) => () => {
      @model({ database: db })
      class A extends Model {
        @ManyToManyField(() => Tag, options) tags!: ManyToMany<Tag>
      }
      return A
    }
    expect(relationOf({ through: () => Pair })).toThrow(/A\.tags leads through Pair, which has no foreign key to A/)
    expect(relationOf({ through: () => Pair })).toThrow(ModelDefinitionError)
    expect(relationOf({ through: () => Pair, throughFields: ['a', 'tag'] })).toThrow(/A\.tags: Pair has no foreign key "a" to A/)

    class Plain {}
    const late = relationOf({ through: () => Plain as typeof Model })()
    expect(() => metadata(late).manyToMany.get('tags')?.through).toThrow(/A\.tags leads through Plain, which is no model/)
  })

  it('a through model of which it is not clear which key leads where', () => {
    const selfThrough = (throughFields?: readonly [string, string]) => () => {
      @model({ database: db })
      class Person extends Model {
        @ManyToManyField(() => Person, { through: () => Knows, throughFields }) friends!: ManyToMany<Person>
      }

      @model({ database: db })
      class Knows extends Model {
        @ForeignKeyField(() => Person) one!: Ref<Person>
        @ForeignKeyField(() => Person) other!: Ref<Person>
      }
      return Knows
    }
    expect(selfThrough()).toThrow(
      /Person\.friends leads through Knows, which has several foreign keys to Person \(one, other\).*\{ throughFields: \['one', 'other'\] \}/
    )
    expect(selfThrough(['one', 'othr'])).toThrow(/no foreign key "othr" to Person; .*"other"/)
    expect(selfThrough(['other', 'one'])).not.toThrow()
    expect(() => {
      @model({ database: db })
      class Person extends Model {
        @ManyToManyField(() => Person, { through: () => Once }) friends!: ManyToMany<Person>
      }

      @model({ database: db })
      class Once extends Model {
        @ForeignKeyField(() => Person) one!: Ref<Person>
      }
      return Once
    }).toThrow(/Once, which has one foreign key to Person \(one\) where a pair needs two/)
  })

  it('a name that is taken', () => {
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @ManyToManyField(() => Tag, { backref: 'posts' }) tags!: ManyToMany<Tag>
      }
      return A
    }).toThrow(/A\.tags: the backref "posts" is a property of Tag already; give another name/)
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @ManyToManyField(() => Tag, { backref: 'id' }) tags!: ManyToMany<Tag>
      }
      return A
    }).toThrow(/A\.tags: the backref "id" is a property of Tag already/)
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @CharField()
        @(ManyToManyField(() => Tag) as PropertyDecorator)
        tags!: string
      }
      return A
    }).toThrow(/A\.tags: "tags" is a property of A already/)
    expect(() => {
      @model({ database: db })
      class A extends Model {}
      ;(ManyToManyField(() => Tag) as PropertyDecorator)(A.prototype, 'save')

      @model({ database: db })
      class C extends A {}
      return C
    }).toThrow(/C\.save: "save" is a property of C already/)
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @ManyToManyField(() => A, { backref: 'friends' }) friends!: ManyToMany<A>
      }
      return A
    }).toThrow(/A\.friends: the backref "friends" is a property of A already/)
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @ForeignKeyField(() => Tag, { backref: 'posts' }) tag!: Ref<Tag>
      }
      return A
    }).toThrow(/the backref "posts" is a property of Tag already/)
  })

  it('two relations of one table', () => {
    expect(() => {
      @model({ database: db })
      class A extends Model {
        @ManyToManyField(() => Tag) tags!: ManyToMany<Tag>
        @ManyToManyField(() => Tag) others!: ManyToMany<Tag>
      }
      return A
    }).toThrow(/A\.others leads through ATagThrough with the table "a_tag_through", as A\.tags does; give \{ tableName \}/)
  })

  it('a model without a key to refer to', () => {
    expect(() => {
      @model({ database: db, primaryKey: false })
      class A extends Model {
        @ManyToManyField(() => Tag) tags!: ManyToMany<Tag>
      }
      return A
    }).toThrow(/A\.tags: A has a key of 0 columns, to which no foreign key leads; declare a model for the pairs/)
  })

  it('a class field that hides the accessor of the other side', () => {
    @model({ database: db })
    class A extends Model {
      @ManyToManyField(() => B, { backref: 'as' }) bs!: ManyToMany<B>
    }

    @model({ database: db })
    class B extends Model {
      as!: ManyToMany<A>
    }
    expect(() => new B()).toThrow(/B\.as hides an accessor of a relation: write `declare as: …`/)
    expect(() => new B()).toThrow(ModelDefinitionError)
    expect(Object.keys(new A())).toEqual(['id'])
  })
})
