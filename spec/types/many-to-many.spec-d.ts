import {
  CharField,
  type Data,
  type Fields,
  ForeignKeyField,
  type ManyToMany,
  ManyToManyField,
  type ManyToManyKey,
  type ManyToManyRelation,
  Model,
  metadata,
  model,
  type Ref,
  type RowOrKey,
  type RowsOrKeys,
  throughModel
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { type Assignable, type Equal, proves, type RowOf } from './expect.js'
import { db, Tweet } from './models.js'

/** Many-to-many relations: their declaration, their rows, and what may be added to them. */

@model({ database: db })
class Student extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @ManyToManyField(() => Course, { backref: 'students', onDelete: 'CASCADE' }) courses!: ManyToMany<Course>
  @ManyToManyField(() => Student, { through: () => Friend, throughFields: ['one', 'other'] }) friends!: ManyToMany<Student>
}

@model({ database: db })
class Course extends Model {
  @CharField() title!: string
  declare id: number
  declare students: ManyToMany<Student>
}

@model({ database: db })
class Friend extends Model {
  @ForeignKeyField(() => Student) one!: Ref<Student>
  @ForeignKeyField(() => Student) other!: Ref<Student>
}

export class Mistaken extends Model {
  // @ts-expect-error courses are no students
  @ManyToManyField(() => Course) students!: ManyToMany<Student>
  // @ts-expect-error the rows are not there: they are a query
  @ManyToManyField(() => Course) loaded!: Course[]
  // @ts-expect-error a reference is to one row
  @ManyToManyField(() => Course) one!: Ref<Course>
  // @ts-expect-error no such option
  @ManyToManyField(() => Course, { backRef: 'x' }) misspelt!: ManyToMany<Course>
  // @ts-expect-error no such action
  @ManyToManyField(() => Course, { onDelete: 'DROP' }) dropped!: ManyToMany<Course>
  // @ts-expect-error a function that gives the model
  @ManyToManyField(Course) eager!: ManyToMany<Course>
  // @ts-expect-error a function that gives the through model
  @ManyToManyField(() => Course, { through: Friend }) direct!: ManyToMany<Course>
  // @ts-expect-error two fields
  @ManyToManyField(() => Course, { through: () => Friend, throughFields: ['one'] }) half!: ManyToMany<Course>
}

export function columns(): void {
  proves<Equal<keyof Fields<Student>, 'id' | 'name'>>()
  proves<Equal<keyof Data<Course>, 'id' | 'title'>>()
  // @ts-expect-error a relation is no data
  Student.new({ courses: [] })
  // @ts-expect-error a relation is no column
  Student.select().where(s => s.courses.isNull())
  // @ts-expect-error a relation is not to be changed by an update
  Student.update({ courses: [] })
}

export async function rows(student: Student): Promise<void> {
  const courses = await student.courses
  proves<Equal<typeof courses, Course[]>>()
  const filtered = student.courses.where(c => c.title.eq('x')).orderBy(c => c.id)
  proves<Equal<RowOf<typeof filtered>, Course>>()
  const joined = student.courses.columns(c => [c.title])
  proves<Equal<RowOf<typeof joined>, { title: string }>>()
  for await (const course of student.courses) proves<Equal<typeof course, Course>>()
  proves<Equal<Awaited<ReturnType<typeof student.friends.get>>, Student>>()
  await Student.filter({ courses__title__ilike: 'x%', courses__id__in: [1], friends__courses__title: 'x' })
  // @ts-expect-error no such property
  await Student.filter({ courses__name: 'x' })
  // @ts-expect-error another type
  await Student.filter({ courses__id: 'x' })
  // @ts-expect-error a relation is no column
  student.courses.where(c => c.students.isNull())
  // @ts-expect-error the rows must be loaded first
  student.courses[0]
}

export async function writing(student: Student, course: Course): Promise<void> {
  proves<Equal<Awaited<ReturnType<typeof student.courses.add>>, number>>()
  proves<Equal<Awaited<ReturnType<typeof student.courses.set>>, { added: number; removed: number }>>()
  proves<Assignable<Course | number | Ref<Course>, RowOrKey<Course>>>()
  proves<Assignable<(Course | number)[], RowsOrKeys<Course>>>()
  await student.courses.add(course)
  await student.courses.add([course, 3], { clearExisting: true })
  await student.courses.add(new Set([3]))
  await student.courses.remove(Course.select().where(c => c.title.eq('x')))
  await student.courses.set(Course.select(c => [c.id]))
  await student.courses.set(student.courses)
  await student.courses.clear()
  await course.students.add(['a key', student])
  // @ts-expect-error a student is no course
  await student.courses.add(student)
  // @ts-expect-error the keys of courses are numbers
  await student.courses.add('x')
  // @ts-expect-error a tweet is no course
  await student.courses.set([course, new Tweet()])
  // @ts-expect-error the keys of courses are numbers
  await student.courses.remove(Student.select())
  // @ts-expect-error no such option
  await student.courses.add(course, { clear: true })
  // @ts-expect-error nothing
  await student.courses.add(null)
  // @ts-expect-error the rows are not assigned: set() makes a query
  student.courses = [course]
}

export function through(student: Student): void {
  proves<Equal<ManyToManyKey<Student>, 'courses' | 'friends'>>()
  proves<Equal<ReturnType<typeof throughModel<Student>>, typeof Model>>()
  Student.select(s => [s.name])
    .join(throughModel(Student, 'courses'))
    .join(Course)
    .where((s, _, c) => s.name.eq(c.title))
  const relation = metadata(student).manyToMany.get('courses')
  proves<Equal<typeof relation, ManyToManyRelation | undefined>>()
  // @ts-expect-error no such relation
  throughModel(Student, 'name')
}
