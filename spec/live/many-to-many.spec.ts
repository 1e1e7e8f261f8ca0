// biome-ignore lint/style/useImportType: a compiler that emits the types of properties then refers to these values.
import {
  CharField,
  compositeKey,
  type Database,
  DateTimeTZField,
  ForeignKeyField,
  ForeignKeyViolation,
  IntegerField,
  ManyToMany,
  ManyToManyField,
  Model,
  metadata,
  model,
  modelGraph,
  NotNullViolation,
  type Ref,
  sortModels,
  TextField,
  throughModel
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { countQueries } from 'pewit/playhouse/test-utils'
import { databaseFor } from '../helpers/databases.js'
import { eachServer } from '../helpers/live.js'

@model({ tableName: 'student' })
class Student extends Model {
  @UUIDKeyField() id!: string
  // Before a column, where the class field that a compiler may define for it comes first.
  @ManyToManyField(() => Course, { backref: 'students' }) courses!: ManyToMany<Course>
  @CharField() name!: string
}

@model({ tableName: 'course' })
class Course extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) name!: string
  @TextField({ null: true }) about!: string | null
  @ForeignKeyField(() => Student, { null: true, onDelete: 'SET NULL' }) speaker!: Ref<Student> | null
  declare students: ManyToMany<Student>
}

/** Pairs with columns of their own, and with their two foreign keys as key. */
@model({ tableName: 'club' })
class Club extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ManyToManyField(() => Student, { through: () => Membership }) members!: ManyToMany<Student>
}

@model({ tableName: 'membership', primaryKey: compositeKey('student', 'club') })
class Membership extends Model {
  @ForeignKeyField(() => Student) student!: Ref<Student>
  @ForeignKeyField(() => Club, { onDelete: 'CASCADE' }) club!: Ref<Club>
  declare studentId: string
  @IntegerField({ default: 1 }) level!: number
  @DateTimeTZField({ default: () => new Date(0) }) since!: Date
}

/** Refers to itself by pairs, which say who follows whom; it is found by another column than its key. */
@model({ tableName: 'bird' })
class Bird extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) name!: string
  @ManyToManyField(() => Bird, { backref: 'followers', through: () => Follow, throughFields: ['follower', 'followed'] })
  following!: ManyToMany<Bird>
  declare followers: ManyToMany<Bird>
  @ManyToManyField(() => Bird, { backref: 'neighbourOf', onDelete: 'CASCADE' }) neighbours!: ManyToMany<Bird>
  declare neighbourOf: ManyToMany<Bird>
}

/** Does not say that a pair is there only once. */
@model({ tableName: 'follow' })
class Follow extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Bird, { field: 'name' }) follower!: Ref<Bird>
  @ForeignKeyField(() => Bird, { field: 'name' }) followed!: Ref<Bird>
}

/** Asks for a value that `add` does not give. */
@model({ tableName: 'shelf' })
class Shelf extends Model {
  @UUIDKeyField() id!: string
  @ManyToManyField(() => Course, { through: () => Place }) courses!: ManyToMany<Course>
}

@model({ tableName: 'place', indexes: [[['shelf', 'course'], true]] })
class Place extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Shelf) shelf!: Ref<Shelf>
  @ForeignKeyField(() => Course) course!: Ref<Course>
  @IntegerField() position!: number
}

const models = [Student, Course, Club, Membership, Bird, Follow, Shelf, Place]

const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name).sort()

class Undo extends Error {}

eachServer('many-to-many', live => {
  const db = databaseFor(live)
  beforeAll(async () => {
    db.bind(models)
    await db.createTables(models)
  }, 60_000)
  afterAll(() => db.close())

  /** Runs the work in a transaction that leaves nothing behind. */
  const undone = async (work: () => Promise<unknown>) => {
    const block = db.transaction(async () => {
      await work()
      throw new Undo()
    })
    await expect(block).rejects.toThrow(Undo)
  }
  const makeCourses = (...titles: string[]) => Promise.all(titles.map(name => Course.create({ name })))

  describe('the property', () => {
    it('is no column', () =>
      undone(async () => {
        const huey = await Student.create({ name: 'Huey' })
        const loaded = await Student.getById(huey.id)
        expect(metadata(Student).fieldNames).toEqual(['id', 'name'])
        for (const student of [huey, loaded, new Student(), await Student.raw('SELECT * FROM student').get()])
          expect(Object.keys(student)).toEqual(['id', 'name'])
        expect(JSON.stringify(loaded)).toBe(JSON.stringify({ id: huey.id, name: 'Huey' }))
        expect({ ...loaded }).toEqual({ id: huey.id, name: 'Huey' })
        expect(await Student.select().dicts()).toEqual([{ id: huey.id, name: 'Huey' }])
        expect(loaded.isDirty()).toBe(false)
      }))

    it('is no data, and is not assigned', () =>
      undone(async () => {
        const huey = await Student.create({ name: 'Huey' })
        const message = /Student\.courses is no column, but a relation/
        const data = { name: 'x', courses: [] } as object
        expect(() => Student.new(data)).toThrow(message)
        expect(() => Student.insert(data)).toThrow(message)
        expect(() => Student.update({ courses: [] } as object)).toThrow(/Student has no property "courses"/)
        expect(() => Object.assign(huey, { courses: [] })).toThrow(
          /Student\.courses is .* not assigned: await student\.courses\.set/
        )
        expect(() => Object.assign(new Course(), { students: [] })).toThrow(/await course\.students\.set/)
      }))

    it('asks for a key', () => {
      const message = 'Cannot get many-to-many "courses" for unsaved Student: save it first'
      expect(() => Student.new({ name: 'Huey' }).courses).toThrow(new TypeError(message))
      expect(() => Course.new({ name: 'Algebra' }).students).toThrow(/Cannot get many-to-many "students" for unsaved Course/)
    })
  })

  describe('the rows', () => {
    const setUp = async () => {
      const [huey, mickey] = await Promise.all(['Huey', 'Mickey'].map(name => Student.create({ name })))
      const [algebra, biology, chess] = await makeCourses('Algebra', 'Biology', 'Chess')
      await huey.courses.add([algebra, biology])
      await mickey.courses.add([biology, chess])
      return { huey, mickey, algebra, biology, chess }
    }

    it('are found from both sides', () =>
      undone(async () => {
        const { huey, mickey, algebra, biology } = await setUp()
        expect(names(await huey.courses)).toEqual(['Algebra', 'Biology'])
        expect(names(await mickey.courses)).toEqual(['Biology', 'Chess'])
        expect(names(await biology.students)).toEqual(['Huey', 'Mickey'])
        expect(names(await algebra.students)).toEqual(['Huey'])
        expect((await huey.courses)[0]).toBeInstanceOf(Course)
      }))

    it('are a select like any other, of one statement', () =>
      undone(async () => {
        const { huey, biology, mickey } = await setUp()
        await Course.update({ speaker: mickey }).where(c => c.name.eq('Biology'))
        const { courses } = huey
        const { count } = await countQueries(db, () => courses.where(c => c.name.startsWith('b')).orderBy(c => c.name))
        expect(count).toBe(1)
        expect(await courses.where(c => c.name.startsWith('b')).count()).toBe(1)
        expect(await courses.orderBy(c => c.name.desc()).scalars()).toHaveLength(2)
        expect(await courses.where(c => c.id.eq(biology.id)).exists()).toBe(true)
        expect((await courses.orderBy(c => c.name.desc()).get()).name).toBe('Biology')
        expect(await courses.columns(c => [c.name]).orderBy(c => c.name)).toEqual([{ name: 'Algebra' }, { name: 'Biology' }])
        const [row] = await courses.join(Student, { on: c => c.speaker }).where((_, s) => s.name.eq('Mickey'))
        expect(row.name).toBe('Biology')
        const seen: string[] = []
        for await (const course of courses.orderBy(c => c.id)) seen.push(course.name)
        expect(seen.sort()).toEqual(['Algebra', 'Biology'])
      }))

    it('are never those of others, whatever is asked besides', () =>
      undone(async () => {
        const { huey } = await setUp()
        const either = huey.courses.where(c => c.name.eq('Algebra')).orWhere(c => c.name.eq('Chess'))
        expect(names(await either)).toEqual(['Algebra'])
      }))

    it('can be parts of other queries', () =>
      undone(async () => {
        const { huey, mickey } = await setUp()
        expect(names(await Course.select().where(c => c.id.in(huey.courses)))).toEqual(['Algebra', 'Biology'])
        expect(names(await huey.courses.union(mickey.courses))).toEqual(['Algebra', 'Biology', 'Chess'])
        expect(names(await huey.courses.intersect(mickey.courses))).toEqual(['Biology'])
      }))

    it('are filtered by name, over the relation too', () =>
      undone(async () => {
        const { algebra, biology, huey } = await setUp()
        expect(names(await Student.filter({ courses__name: 'Biology' }))).toEqual(['Huey', 'Mickey'])
        expect(names(await Course.filter({ students__name__ilike: 'h%' }))).toEqual(['Algebra', 'Biology'])
        expect(names(await Student.filter({ courses__id: algebra.id, courses__name: 'Algebra' }))).toEqual(['Huey'])
        expect(await Student.filter({ courses__name: 'Algebra', courses__id: biology.id })).toEqual([])
        expect(names(await Student.filter({ courses__students__name: 'Mickey' }).distinct())).toEqual(['Huey', 'Mickey'])
        expect(await huey.courses.filter({ name: 'Biology' }).count()).toBe(1)
        expect(names(await huey.courses.filter({ students__name: 'Mickey' }))).toEqual(['Biology'])
        expect(() => Student.filter({ courses: 'x' } as object)).toThrow(/ends at the relation courses; name a property of it/)
      }))

    it('are an array where they were loaded with the query, and live again once the row is read anew', () =>
      undone(async () => {
        const { huey } = await setUp()
        const { result, count } = await countQueries(db, () =>
          Student.select()
            .orderBy(s => s.name)
            .withRelated('courses')
        )
        expect(count).toBe(2)
        const [loaded] = result
        expect(names(loaded.courses)).toEqual(['Algebra', 'Biology'])
        expect(Object.keys(loaded)).toEqual(['id', 'name', 'courses'])
        expect(loaded.toJSON()).toMatchObject({ name: 'Huey', courses: [{ about: null }, { about: null }] })
        expect(loaded.isDirty()).toBe(false)
        await huey.courses.clear()
        expect(loaded.courses).toHaveLength(2)
        const again: object = await loaded.reload()
        expect(Object.keys(again)).toEqual(['id', 'name'])
        expect(await (again as Student).courses).toEqual([])
      }))

    it('are joined through the through model', () =>
      undone(async () => {
        await setUp()
        const pairs = await Student.select(s => [s.name])
          .join(throughModel(Student, 'courses'))
          .join(Course)
          .columns((s, _, c) => [s.name, c.name.as('course')])
          .orderBy((s, _, c) => [s.name, c.name])
        expect(pairs.map(({ name, course }) => `${name} ${course}`)).toEqual([
          'Huey Algebra',
          'Huey Biology',
          'Mickey Biology',
          'Mickey Chess'
        ])
        expect(await throughModel(Course, 'students').select().count()).toBe(4)
        expect(() => throughModel(Student, 'course' as 'courses')).toThrow(/no many-to-many relation "course"; .*"courses"/)
      }))
  })

  describe('add', () => {
    const one = async () => {
      const huey = await Student.create({ name: 'Huey' })
      return { huey, courses: await makeCourses('Algebra', 'Biology', 'Chess') }
    }

    it('takes an instance, a key, a reference, and lists of them', () =>
      undone(async () => {
        const { huey, courses } = await one()
        const [algebra, biology, chess] = courses
        expect(await huey.courses.add(algebra)).toBe(1)
        expect(await huey.courses.add(biology.id)).toBe(1)
        expect(await huey.courses.add(new Set([chess, algebra]))).toBe(1)
        expect(await huey.courses.count()).toBe(3)
        const place = Place.new({ course: chess.id })
        const zaizee = await Student.create({ name: 'Zaizee' })
        expect(await zaizee.courses.add([place.course, algebra, algebra.id])).toBe(2)
        expect(await zaizee.courses.add([])).toBe(0)
      }))

    it('sends one statement, which leaves alone what is there', () =>
      undone(async () => {
        const { huey, courses } = await one()
        await huey.courses.add(courses[0])
        const { result, queries } = await countQueries(db, () => huey.courses.add(courses))
        expect(result).toBe(2)
        expect(queries).toEqual([expect.stringMatching(/^INSERT INTO "student_course_through" .* ON CONFLICT .* DO NOTHING$/)])
        expect(await huey.courses.add(courses)).toBe(0)
      }))

    it('takes a query, in one statement', () =>
      undone(async () => {
        const { huey, courses } = await one()
        await huey.courses.add(courses[1])
        const query = Course.select().where(c => c.name.in(['Algebra', 'Biology']))
        const { result, count } = await countQueries(db, () => huey.courses.add(query))
        expect([result, count]).toEqual([1, 1])
        expect(
          await huey.courses.add(
            Course.select(c => [c.id])
              .orderBy(c => c.name.desc())
              .limit(1)
          )
        ).toBe(1)
        expect(names(await huey.courses)).toEqual(['Algebra', 'Biology', 'Chess'])
        const zaizee = await Student.create({ name: 'Zaizee' })
        expect(await zaizee.courses.add(huey.courses.where(c => c.name.ne('Chess')))).toBe(2)
        expect(await zaizee.courses.add(query.union(Course.select()))).toBe(1)
      }))

    it('can replace all there were, even by some of them', () =>
      undone(async () => {
        const { huey, courses } = await one()
        await huey.courses.add(courses)
        expect(await huey.courses.add(courses[0], { clearExisting: true })).toBe(1)
        expect(names(await huey.courses)).toEqual(['Algebra'])
        await huey.courses.add(courses)
        expect(
          await huey.courses.add(
            huey.courses.where(c => c.name.gt('B')),
            { clearExisting: true }
          )
        ).toBe(2)
        expect(names(await huey.courses)).toEqual(['Biology', 'Chess'])
      }))

    it('refuses what is no row', () =>
      undone(async () => {
        const { huey } = await one()
        const add = (given: unknown, options?: object) => huey.courses.add(given as Course, options)
        await expect(add(huey)).rejects.toThrow(/Student\.courses\.add: expected a Course, got a Student/)
        await expect(add(Course.new({ name: 'New' }))).rejects.toThrow(
          /Student\.courses\.add: the Course it refers to has no key yet/
        )
        await expect(add([null])).rejects.toThrow(/Student\.courses\.add: expected a Course or its key, got null/)
        await expect(add([huey.id, undefined])).rejects.toThrow(/Student\.courses\.add, item 1: the value is undefined/)
        await expect(add(undefined)).rejects.toThrow(/Student\.courses\.add: the value is undefined/)
        await expect(add(Student.select())).rejects.toThrow(
          /Student\.courses\.add: expected a query of Course, got one of Student/
        )
        const two = Course.select(c => [c.id, c.name])
        await expect(add(two)).rejects.toThrow(/Student\.courses\.add: expected a query of Course or of one column, got one of 2/)
        await expect(add([], { clearExisiting: true })).rejects.toThrow(/no option "clearExisiting"; .*"clearExisting"/)
      }))

    it(
      'adds ten thousand at once',
      () =>
        undone(async () => {
          const { huey } = await one()
          await Course.insertMany(Array.from({ length: 10_000 }, (_, i) => ({ name: `Course ${i}` }))).asRowCount()
          const keys = await Course.select(c => [c.id]).scalars()
          const { result, count } = await countQueries(db, () => huey.courses.add(keys))
          expect([result, count]).toEqual([10_003, 1])
          expect(await huey.courses.remove(keys)).toBe(10_003)
        }),
      60_000
    )
  })

  describe('remove, clear and set', () => {
    const setUp = async () => {
      const [huey, mickey] = await Promise.all(['Huey', 'Mickey'].map(name => Student.create({ name })))
      const courses = await makeCourses('Algebra', 'Biology', 'Chess')
      await huey.courses.add(courses)
      await mickey.courses.add(courses)
      return { huey, mickey, courses }
    }

    it('take rows away, and give how many', () =>
      undone(async () => {
        const { huey, mickey, courses } = await setUp()
        const [algebra, biology, chess] = courses
        expect(await huey.courses.remove(algebra)).toBe(1)
        expect(await huey.courses.remove([algebra, biology.id])).toBe(1)
        expect(await countQueries(db, () => huey.courses.remove([]))).toMatchObject({ result: 0, count: 0 })
        expect(await huey.courses.remove(Course.select().where(c => c.name.eq('Chess')))).toBe(1)
        expect(await mickey.courses.remove(mickey.courses.where(c => c.name.ne('Chess')))).toBe(2)
        expect(await huey.courses).toEqual([])
        expect(names(await mickey.courses)).toEqual(['Chess'])
        expect(await chess.students.clear()).toBe(1)
        expect(await mickey.courses.clear()).toBe(0)
        expect(await Course.select().count()).toBe(3)
      }))

    it('make the rows those that are given', () =>
      undone(async () => {
        const { huey, mickey, courses } = await setUp()
        const [algebra, biology, chess] = courses
        await huey.courses.remove(chess)
        const { result, count } = await countQueries(db, () => huey.courses.set([biology, chess.id]))
        expect(result).toEqual({ added: 1, removed: 1 })
        expect(count).toBe(2)
        expect(names(await huey.courses)).toEqual(['Biology', 'Chess'])
        expect(await huey.courses.set([biology, chess])).toEqual({ added: 0, removed: 0 })
        expect(await huey.courses.set(Course.select().where(c => c.name.lt('C')))).toEqual({ added: 1, removed: 1 })
        expect(await huey.courses.set(huey.courses.where(c => c.name.eq('Algebra')))).toEqual({ added: 0, removed: 1 })
        expect(await algebra.students.set(mickey)).toEqual({ added: 0, removed: 1 })
        expect(await huey.courses.set([])).toEqual({ added: 0, removed: 0 })
        expect(names(await mickey.courses)).toEqual(['Algebra', 'Biology', 'Chess'])
      }))

    it('are refused behind where() and its like', () =>
      undone(async () => {
        const { huey } = await setUp()
        const some = huey.courses.where(c => c.name.eq('Chess'))
        const message =
          /Student\.courses\.clear: behind where\(\) and its like this is a query.*Student\.courses\.remove\(query\)/
        await expect(some.clear()).rejects.toThrow(message)
        await expect(some.add([])).rejects.toThrow(/Student\.courses\.add: behind where/)
        await expect(some.set([])).rejects.toThrow(/Student\.courses\.set: behind where/)
        expect(await huey.courses.remove(some)).toBe(1)
      }))
  })

  describe('in transactions', () => {
    it('is part of the open one', async () => {
      const huey = await Student.create({ name: 'Huey' })
      const [course] = await makeCourses('Undone')
      await undone(async () => {
        await huey.courses.add(course)
        await huey.courses.set([course])
        expect(await huey.courses.count()).toBe(1)
      })
      expect(await huey.courses.count()).toBe(0)
    })

    it('set and clearExisting are all or nothing', async () => {
      const huey = await Student.create({ name: 'Huey' })
      const [kept] = await makeCourses('Kept')
      await huey.courses.add(kept)
      const nobody = '8f4d2b6e-0000-4000-8000-000000000001'
      await expect(huey.courses.set([nobody])).rejects.toBeInstanceOf(ForeignKeyViolation)
      await expect(huey.courses.add(nobody, { clearExisting: true })).rejects.toBeInstanceOf(ForeignKeyViolation)
      expect(names(await huey.courses)).toEqual(['Kept'])
    })
  })

  describe('through a model of its own', () => {
    it('gives pairs their defaults, and set leaves those alone that stay', () =>
      undone(async () => {
        const [huey, mickey] = await Promise.all(['Huey', 'Mickey'].map(name => Student.create({ name })))
        const club = await Club.create({ name: 'Chess' })
        await Membership.create({ club, student: huey, level: 7 })
        expect(await club.members.add([huey, mickey])).toBe(1)
        expect(await club.members.set([huey, mickey])).toEqual({ added: 0, removed: 0 })
        const members = await Membership.select().orderBy(m => m.level)
        expect(members.map(({ level, since, studentId }) => [level, since, studentId])).toEqual([
          [1, new Date(0), mickey.id],
          [7, new Date(0), huey.id]
        ])
        const level = Membership.fields().level
        expect(names(await club.members.where(level.gt(1)))).toEqual(['Huey'])
        const ranked = await club.members.columnsExtend({ level }).orderBy(level.desc())
        expect(ranked.map(student => [student.name, student.level])).toEqual([
          ['Huey', 7],
          ['Mickey', 1]
        ])
        await club.members.clear()
        expect(await club.members.add(Student.select().where(s => s.id.eq(huey.id)))).toBe(1)
        expect((await Membership.select().get()).since).toEqual(new Date(0))
      }))

    it('is without a property on the other side where none was named', async () => {
      expect([...metadata(Student).manyToMany.keys()]).toEqual(['courses'])
    })

    it('asks for what add cannot give', () =>
      undone(async () => {
        const shelf = await Shelf.create({})
        const [algebra, biology] = await makeCourses('Algebra', 'Biology')
        await expect(shelf.courses.add(algebra)).rejects.toBeInstanceOf(NotNullViolation)
        await expect(shelf.courses.add(Course.select())).rejects.toThrow(/position is required/)
        await Place.create({ shelf, course: algebra, position: 1 })
        await expect(shelf.courses.set(biology)).rejects.toBeInstanceOf(NotNullViolation)
        await expect(shelf.courses.add(biology, { clearExisting: true })).rejects.toBeInstanceOf(NotNullViolation)
        expect(names(await shelf.courses)).toEqual(['Algebra'])
      }))
  })

  describe('of a model with itself', () => {
    const flock = async () => Promise.all(['Wren', 'Robin', 'Owl'].map(name => Bird.create({ name })))

    it('knows the two directions apart', () =>
      undone(async () => {
        const [wren, robin, owl] = await flock()
        expect(await wren.following.add([robin, owl])).toBe(2)
        expect(await wren.following.add([robin.name, owl])).toBe(0)
        expect(await robin.followers.add([wren, owl])).toBe(1)
        expect(names(await wren.following)).toEqual(['Owl', 'Robin'])
        expect(names(await robin.followers)).toEqual(['Owl', 'Wren'])
        expect(names(await wren.followers)).toEqual([])
        expect(await owl.following.add(Bird.select().where(b => b.name.ne('Owl')))).toBe(1)
        expect(await owl.following.set([wren])).toEqual({ added: 0, removed: 1 })
        expect(
          await owl.following.remove(
            Bird.select()
              .where(b => b.name.eq('Owl'))
              .union(robin.followers)
          )
        ).toBe(1)
      }))

    it('needs no model of its own', () =>
      undone(async () => {
        const [wren, robin, owl] = await flock()
        await wren.neighbours.add([robin, owl, wren])
        expect(names(await wren.neighbours)).toEqual(['Owl', 'Robin', 'Wren'])
        expect(names(await robin.neighbourOf)).toEqual(['Wren'])
        expect(names(await Bird.filter({ neighbours__name: 'Owl' }))).toEqual(['Wren'])
        const meta = metadata(throughModel(Bird, 'neighbours'))
        expect([...meta.columns.keys()]).toEqual(['id', 'from_bird_id', 'to_bird_id'])
      }))
  })

  describe('what depends on rows', () => {
    it('are their pairs', () =>
      undone(async () => {
        const huey = await Student.create({ name: 'Huey' })
        const [algebra] = await makeCourses('Algebra')
        await huey.courses.add(algebra)
        expect(await huey.deleteInstance({ recursive: true })).toBe(1)
        expect(await algebra.students.count()).toBe(0)
        expect(huey.dependencies().map(({ model: { name } }) => name)).toContain('StudentCourseThrough')
        const [wren, robin] = await Promise.all(['Wren', 'Robin'].map(name => Bird.create({ name })))
        await wren.neighbours.add(robin)
        await robin.deleteInstance()
        expect(await wren.neighbours).toEqual([])
      }))

    it('keep them where nothing else was said', async () => {
      const huey = await Student.create({ name: 'Huey' })
      await huey.courses.add(await makeCourses('Depended on'))
      await expect(huey.deleteInstance()).rejects.toBeInstanceOf(ForeignKeyViolation)
    })
  })
})

/** Models of their own for the tables, in which nothing else happens. */
@model({ tableName: 'post' })
class Post extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ManyToManyField(() => Tag, { backref: 'posts', onDelete: 'CASCADE', onUpdate: 'CASCADE' }) tags!: ManyToMany<Tag>
}

@model({ tableName: 'tag' })
class Tag extends Model {
  @CharField({ primaryKey: true, maxLength: 20 }) name!: string
  declare posts: ManyToMany<Post>
}

eachServer('the table of a many-to-many relation', live => {
  const db = databaseFor(live)
  const through = () => throughModel(Post, 'tags')
  const tables = async (of: Database = db) => (await of.getTables()).sort()
  afterAll(() => db.close())

  it('is created and dropped with those of both models', async () => {
    db.bind([Post, Tag])
    await db.createTables([Post])
    expect(await tables()).toEqual(['post'])
    await db.createTables([Tag])
    expect(await tables()).toEqual(['post', 'tag'])
    await db.createTables([Tag, Post])
    expect(await tables()).toEqual(['post', 'post_tag_through', 'tag'])
    await db.dropTables([Post, Tag])
    expect(await tables()).toEqual([])
    await db.createTables([Post, Tag, through()])
    expect(await tables()).toEqual(['post', 'post_tag_through', 'tag'])
    await db.dropTables([through()])
    expect(await tables()).toEqual(['post', 'tag'])
    await through().createTable()
    const [one, other] = (await db.getForeignKeys(through())).sort((a, b) => (a.column < b.column ? -1 : 1))
    expect([one, other]).toMatchObject([
      { column: 'post_id', destTable: 'post', destColumn: 'id', onDelete: 'CASCADE', onUpdate: 'CASCADE' },
      { column: 'tag_id', destTable: 'tag', destColumn: 'name', onDelete: 'CASCADE', onUpdate: 'CASCADE' }
    ])
    const unique = (await db.getIndexes(through())).filter(index => index.unique && index.columns.length === 2)
    expect(unique.map(({ columns }) => columns)).toEqual([['post_id', 'tag_id']])
  }, 60_000)

  it('is bound with the models, however far the binding goes', async () => {
    for (const model of [Post, Tag, through()]) metadata(model).database = null
    db.bind([Tag])
    expect([Post, Tag, through()].map(model => metadata(model).database)).toEqual([db, db, db])
    for (const model of [Post, Tag, through()]) metadata(model).database = null
    db.bind([Post, Tag], { bindRefs: false, bindBackrefs: false })
    expect(metadata(through()).database).toBe(db)
    metadata(through()).database = null
    await db.bindCtx([Post, Tag], async () => expect(metadata(through()).database).toBe(db), { bindBackrefs: false })
    expect(metadata(through()).database).toBe(null)
  })

  it('is in the graph of its models', () => {
    expect(modelGraph(Post).map(({ model: { name } }) => name)).toContain('PostTagThrough')
    const sorted = sortModels([through(), Tag, Post]).map(({ name }) => name)
    expect(sorted).toHaveLength(3)
    expect(sorted.at(-1)).toBe('PostTagThrough')
  })
})
