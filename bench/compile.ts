import { CharField, DateTimeTZField, ForeignKeyField, Model, model, PostgresqlDatabase, type Ref } from '../lib/index.js'
import { CockroachDatabase, UUIDKeyField } from '../playhouse/cockroachdb/index.js'

/**
 * How long it takes to build a join with three conditions and to compile it, in microseconds: `npx tsx bench/compile.ts`.
 * Exits with 1 above the budget, which may be given as an argument: 8 unless given.
 */
const BUDGET = Number(process.argv[2] ?? 8)
const RUNS = 100_000

@model()
class User extends Model {
  @UUIDKeyField() id!: string
  @CharField() username!: string
}

@model()
class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  @CharField() content!: string
  @DateTimeTZField() createdAt!: Date
}

const since = new Date(0)

/** The query of the budget: what a request handler writes. */
function join() {
  return Tweet.select(Tweet, User)
    .join(User)
    .where(
      (_, u) => u.username.eq('huey'),
      t => t.createdAt.gte(since),
      t => t.content.ne('')
    )
}

/** The median of the runs after a warm-up, in microseconds. */
function median(work: () => unknown): number {
  for (let i = 0; i < RUNS / 2; i++) work()
  const times = new Float64Array(RUNS)
  for (let i = 0; i < RUNS; i++) {
    const start = process.hrtime.bigint()
    work()
    times[i] = Number(process.hrtime.bigint() - start)
  }
  return times.sort()[RUNS / 2] / 1000
}

const databases = [new PostgresqlDatabase('bench'), new CockroachDatabase('bench')]
let over = false
for (const database of databases) {
  database.bind([User, Tweet])
  const build = median(join)
  const both = median(() => join().sql())
  over ||= both > BUDGET
  const name = database.constructor.name.padEnd(20)
  process.stdout.write(`${name} build ${build.toFixed(2)} µs · build and compile ${both.toFixed(2)} µs · budget ${BUDGET} µs\n`)
}
process.exitCode = over ? 1 : 0
