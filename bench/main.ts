import { CharField, DateTimeTZField, DecimalField, IntegerField, Model, model, PostgresqlDatabase } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import postgres from 'postgres'
import { startPostgres } from '../spec/helpers/servers.js'
import { type Contender, interleaved } from './interleaved.js'

/** Measures the budgets of docs/architecture.md against the driver alone, in one interleaved run: `npm run bench`. */

const server = await startPostgres()
const db = new PostgresqlDatabase(server.url)
const sql = postgres(server.url, { onnotice: () => undefined })

@model({ database: db })
class Person extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @IntegerField() age!: number
  @DecimalField() salary!: string
  @DateTimeTZField() hired!: Date
}

/** The same rows in a table of their own, so that loading them does not slow the rest. */
@model({ tableName: 'bulk' })
class Bulk extends Person {}

const people = Array.from({ length: 10_000 }, (_, i) => ({
  name: `person ${i}`,
  age: i % 90,
  salary: `${i}.50000`,
  hired: new Date(i * 1e8)
}))

interface Work {
  readonly title: string
  readonly budget: number
  readonly rounds: number
  readonly pewit: Contender['run']
  readonly driver: Contender['run']
}

async function measure(works: readonly Work[]): Promise<void> {
  for (const { title, budget, rounds, ...runs } of works) {
    const [driver, pewit] = await interleaved(
      [
        { name: 'driver', run: runs.driver },
        { name: 'pewit', run: runs.pewit }
      ],
      rounds
    )
    const ratio = pewit.median / driver.median
    const verdict = ratio <= budget ? 'within' : 'OVER'
    console.log(
      `${title.padEnd(34)} driver ${driver.median.toFixed(3).padStart(9)} ms   pewit ${pewit.median.toFixed(3).padStart(9)} ms   ${ratio.toFixed(2)} × (${verdict} ${budget})`
    )
  }
}

try {
  await db.createTables([Person, Bulk])
  const ids = await Person.insertMany(people)
  await sql`ANALYZE`
  let turn = 0
  const nextId = () => ids[turn++ % ids.length]
  const insert = { name: 'somebody', age: 30, salary: '1.50000', hired: new Date() }

  await measure([
    {
      title: 'one row by key',
      budget: 1.1,
      rounds: 3000,
      driver: () => sql`SELECT id, name, age, salary, hired FROM person WHERE id = ${nextId()}`,
      pewit: () => Person.getById(nextId())
    },
    {
      title: '1,000 rows to instances',
      budget: 1.05,
      rounds: 300,
      driver: () => sql`SELECT id, name, age, salary, hired FROM person ORDER BY id LIMIT 1000`,
      pewit: async () =>
        Person.select()
          .orderBy(p => p.id)
          .limit(1000)
    },
    {
      title: 'insert with returning',
      budget: 1.1,
      rounds: 2000,
      // What Pewit has returned too: a decimal comes back as the server has it.
      driver: () =>
        sql`INSERT INTO person (name, age, salary, hired) VALUES (${insert.name}, ${insert.age}, ${insert.salary}, ${insert.hired}) RETURNING id, salary`,
      pewit: () => Person.create(insert)
    },
    {
      title: '10,000 rows inserted',
      budget: 1.1,
      rounds: 12,
      driver: () =>
        sql`INSERT INTO bulk (name, age, salary, hired) SELECT * FROM unnest(${people.map(p => p.name)}::text[], ${people.map(p => p.age)}::int4[],
          ${people.map(p => p.salary)}::numeric[], ${people.map(p => p.hired.toISOString())}::timestamptz[]) RETURNING id`,
      pewit: async () => Bulk.insertMany(people)
    },
    {
      title: 'a transaction of two statements',
      budget: 1.25,
      rounds: 1500,
      driver: () =>
        sql.begin(async tx => {
          await tx`SELECT id, name, age, salary, hired FROM person WHERE id = ${nextId()}`
          await tx`UPDATE person SET age = 1 WHERE id = ${nextId()}`
        }),
      pewit: () =>
        db.transaction(async () => {
          await Person.getById(nextId())
          await Person.update({ age: 1 }).where(p => p.id.eq(nextId()))
        })
    },
    // Last: it opens all the connections of both, and the driver then uses them in turn.
    {
      title: '2,000 reads at once',
      budget: 1.25,
      rounds: 15,
      driver: () =>
        Promise.all(
          Array.from({ length: 2000 }, () => sql`SELECT id, name, age, salary, hired FROM person WHERE id = ${nextId()}`)
        ),
      pewit: () => Promise.all(Array.from({ length: 2000 }, () => Person.getById(nextId())))
    }
  ])
} finally {
  await Promise.all([db.close(), sql.end()])
  await server.stop()
}
