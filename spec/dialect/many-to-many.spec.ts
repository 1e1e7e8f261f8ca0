import { CharField, type ManyToMany, ManyToManyField, Model, model, PostgresqlDatabase as Postgresql } from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** What many-to-many relations send, to each kind of server. */

@model()
class Student extends Model {
  @UUIDKeyField() id!: string
  @ManyToManyField(() => Course, { backref: 'students', onDelete: 'CASCADE' }) courses!: ManyToMany<Course>
}

@model()
class Course extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  declare students: ManyToMany<Student>
}

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const pairs = '"student_course_through"'
const joined = `FROM "course" AS "t1" INNER JOIN ${pairs} AS "t2" ON ("t1"."id" = "t2"."course_id") AND ("t2"."student_id" = $1)`
const ignoring = 'ON CONFLICT ("student_id", "course_id") DO NOTHING'

describe.each([
  ['PostgreSQL', 'PostgreSQL 18.3', Postgresql],
  ['CockroachDB v26.3', 'CockroachDB CCL v26.3.0 (x86_64)', CockroachDatabase],
  ['CockroachDB v21.2', 'CockroachDB CCL v21.2.17 (x86_64)', CockroachDatabase]
] as const)('many-to-many relations on %s', (name, version, kind) => {
  const driver = recordingDriver(({ text }) => (text === 'SELECT version()' ? { rows: [[version]] } : undefined))
  const db = new kind('nowhere', { driver: driver.factory })
  const student = Student.new({ id: id(1) })
  beforeAll(async () => {
    await db.connect()
    db.bind([Student, Course])
  })
  const sent = async (work: () => PromiseLike<unknown>): Promise<string[]> => {
    driver.clear()
    await work()
    return driver.statements.map(({ text, params = [] }) => [text, ...params].join(' | '))
  }

  it('are read by a join', async () => {
    const { courses } = student
    expect(await sent(() => courses.where(c => c.name.eq('x')))).toEqual([
      `SELECT "t1"."id", "t1"."name" ${joined} WHERE "t1"."name" = $2 | ${id(1)} | x`
    ])
    expect(await sent(() => courses.count())).toEqual([`SELECT count(*) ${joined} | ${id(1)}`])
  })

  it('are filtered by two joins', async () => {
    expect(await sent(() => Student.filter({ courses__name: 'x' }))).toEqual([
      `SELECT "t1"."id" FROM "student" AS "t1" INNER JOIN ${pairs} AS "courses_through" ON "t1"."id" = "courses_through"."student_id" INNER JOIN "course" AS "courses" ON "courses_through"."course_id" = "courses"."id" WHERE "courses"."name" = $1 | x`
    ])
  })

  it('are added to by one statement', async () => {
    expect(await sent(() => student.courses.add(id(7)))).toEqual([
      `INSERT INTO ${pairs} ("student_id", "course_id") VALUES ($1, $2) ${ignoring} | ${id(1)} | ${id(7)}`
    ])
    expect(await sent(() => student.courses.add([id(7), id(8)]))).toEqual([
      `INSERT INTO ${pairs} ("student_id", "course_id") SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2) ${ignoring} | {${id(1)},${id(1)}} | {${id(7)},${id(8)}}`
    ])
    const query = Course.select().where(c => c.name.eq('x'))
    expect(await sent(() => student.courses.add(query))).toEqual([
      `INSERT INTO ${pairs} ("student_id", "course_id") SELECT $1, "t1"."id" FROM "course" AS "t1" WHERE "t1"."name" = $2 ${ignoring} | ${id(1)} | x`
    ])
  })

  it('are taken from by one statement', async () => {
    const own = `${pairs}."student_id" = $1`
    expect(await sent(() => student.courses.remove([id(7), id(8)]))).toEqual([
      `DELETE FROM ${pairs} WHERE (${own}) AND (${pairs}."course_id" = ANY($2)) | ${id(1)} | {${id(7)},${id(8)}}`
    ])
    expect(await sent(() => student.courses.remove(Course.select()))).toEqual([
      `DELETE FROM ${pairs} WHERE (${own}) AND (${pairs}."course_id" IN (SELECT "t1"."id" FROM "course" AS "t1")) | ${id(1)}`
    ])
    expect(await sent(() => student.courses.clear())).toEqual([`DELETE FROM ${pairs} WHERE ${own} | ${id(1)}`])
  })

  it('are set by two, in a transaction', async () => {
    const statements = await sent(() => student.courses.set([id(7), id(8)]))
    expect(statements.slice(1, -1)).toEqual([
      `DELETE FROM ${pairs} WHERE (${pairs}."student_id" = $1) AND (${pairs}."course_id" <> ALL($2)) | ${id(1)} | {${id(7)},${id(8)}}`,
      `INSERT INTO ${pairs} ("student_id", "course_id") SELECT c1, c2 FROM unnest($1, $2) AS u(c1, c2) ${ignoring} | {${id(1)},${id(1)}} | {${id(7)},${id(8)}}`
    ])
  })

  it('have a table behind those of their models', async () => {
    const key = name === 'PostgreSQL' ? 'SERIAL NOT NULL PRIMARY KEY' : 'INT8 DEFAULT unique_rowid() NOT NULL PRIMARY KEY'
    const statements = await sent(() => db.createTables([Student, Course]))
    expect(statements.slice(2)).toEqual([
      `CREATE TABLE IF NOT EXISTS ${pairs} ("id" ${key}, "student_id" UUID NOT NULL, "course_id" UUID NOT NULL, FOREIGN KEY ("student_id") REFERENCES "student" ("id") ON DELETE CASCADE, FOREIGN KEY ("course_id") REFERENCES "course" ("id") ON DELETE CASCADE)`,
      `CREATE INDEX IF NOT EXISTS "student_course_through_course_id" ON ${pairs} ("course_id")`,
      `CREATE UNIQUE INDEX IF NOT EXISTS "student_course_through_student_id_course_id" ON ${pairs} ("student_id", "course_id")`
    ])
    expect(await sent(() => db.dropTables([Student, Course]))).toEqual(
      ['student_course_through', 'course', 'student'].map(table => `DROP TABLE IF EXISTS "${table}"`)
    )
  })
})
