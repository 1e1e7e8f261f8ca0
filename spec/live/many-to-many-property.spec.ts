import fc from 'fast-check'
import {
  CharField,
  compositeKey,
  ForeignKeyField,
  IntegerField,
  type ManyToMany,
  ManyToManyField,
  Model,
  model,
  type Ref,
  throughModel
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

/** Whatever is added, removed, cleared and set, from both sides: the pairs are those of a set of pairs to which the same was done. */

@model()
class Student extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ManyToManyField(() => Course, { backref: 'implicit' }) implicit!: ManyToMany<Course>
  @ManyToManyField(() => Course, { backref: 'keyed', through: () => Keyed }) keyed!: ManyToMany<Course>
  @ManyToManyField(() => Course, { backref: 'loose', through: () => Loose }) loose!: ManyToMany<Course>
}

@model()
class Course extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  declare implicit: ManyToMany<Student>
  declare keyed: ManyToMany<Student>
  declare loose: ManyToMany<Student>
}

/** Its key is the pair, and it has a default of its own. */
@model({ primaryKey: compositeKey('student', 'course') })
class Keyed extends Model {
  @ForeignKeyField(() => Student) student!: Ref<Student>
  @ForeignKeyField(() => Course) course!: Ref<Course>
  @IntegerField({ default: 1 }) grade!: number
}

/** Nothing but Pewit sees to it that a pair is there once. */
@model()
class Loose extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Course) course!: Ref<Course>
  @ForeignKeyField(() => Student) student!: Ref<Student>
}

const NAMES = ['a', 'b', 'c', 'd']
const RELATIONS = ['implicit', 'keyed', 'loose'] as const
const FORMS = ['instances', 'keys', 'twice', 'set', 'query'] as const

const some = fc.subarray([0, 1, 2, 3])
const form = fc.constantFrom(...FORMS)
const side = fc.constantFrom('student', 'course')
const of = { side, at: fc.integer({ min: 0, max: 3 }) }
const command = fc.oneof(
  fc.record({ do: fc.constant('add' as const), ...of, some, form, clearExisting: fc.boolean() }),
  fc.record({ do: fc.constant('remove' as const), ...of, some, form }),
  fc.record({ do: fc.constant('set' as const), ...of, some, form }),
  fc.record({ do: fc.constant('clear' as const), ...of })
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

/** What a command makes of a set of pairs, each as `student course` by their places; and what it gives. */
function expected(pairs: Set<string>, given: Command): unknown {
  const pairOf = (other: number) => (given.side === 'student' ? `${given.at} ${other}` : `${other} ${given.at}`)
  const own = [0, 1, 2, 3].map(pairOf).filter(pair => pairs.has(pair))
  const meant = 'some' in given ? given.some.map(pairOf) : []
  const isCleared = given.do === 'clear' || (given.do === 'add' && given.clearExisting)
  const gone = own.filter(
    pair => isCleared || (given.do === 'remove' && meant.includes(pair)) || (given.do === 'set' && !meant.includes(pair))
  )
  for (const pair of gone) pairs.delete(pair)
  const added = given.do === 'remove' ? [] : meant.filter(pair => !pairs.has(pair))
  for (const pair of added) pairs.add(pair)
  if (given.do === 'set') return { added: added.length, removed: gone.length }
  return given.do === 'add' ? added.length : gone.length
}

type Rows = ManyToMany<Model & { id: string; name: string }>

eachServer('many-to-many relations', live => {
  const db = databaseFor(live)
  let students: Student[]
  let courses: Course[]
  beforeAll(async () => {
    db.bind([Student, Course])
    await db.createTables([Student, Course, Keyed, Loose])
    const made = await Promise.all(
      NAMES.map(async name => [await Student.create({ name }), await Course.create({ name })] as const)
    )
    students = made.map(([student]) => student)
    courses = made.map(([, course]) => course)
  }, 60_000)
  afterAll(() => db.close())

  it.each(RELATIONS)(
    'are sets of pairs (%s)',
    async name => {
      const through = throughModel(Student, name)
      const run = (given: Command): Promise<unknown> => {
        const rows = (given.side === 'student' ? students[given.at] : courses[given.at])[name] as unknown as Rows
        if (given.do === 'clear') return rows.clear()
        const argument = argumentOf(given.side === 'student' ? courses : students, given)
        if (given.do === 'add') return rows.add(argument, { clearExisting: given.clearExisting })
        return rows[given.do](argument)
      }
      const argumentOf = (all: readonly Model[], { some, form }: Extract<Command, { some: number[] }>): never => {
        const meant = some.map(at => all[at] as Student)
        const target = (all === courses ? Course : Student) as typeof Student
        if (form === 'keys') return meant.map(({ id }) => id) as never
        if (form === 'twice') return meant.flatMap(row => [row, row.id]) as never
        if (form === 'set') return new Set(meant) as never
        return (form === 'query' ? target.select().where(t => t.id.in(meant.map(({ id }) => id))) : meant) as never
      }
      const held = async () => {
        const lists = await Promise.all(students.map(student => student[name].orderBy(c => c.name)))
        return lists.flatMap((list, i) => list.map(course => `${i} ${NAMES.indexOf(course.name)}`))
      }
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async commands => {
          await through.delete()
          const pairs = new Set<string>()
          for (const given of commands) expect(await run(given)).toEqual(expected(pairs, given))
          expect(await held()).toEqual([...pairs].sort())
        }),
        { numRuns: 40 }
      )
    },
    120_000
  )
})
