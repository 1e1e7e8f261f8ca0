import { CharField, type DatabaseOptions, IntegerField, Model, model, PostgresqlDatabase } from 'pewit'
import { CockroachDatabase, UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import type { LiveServer } from './live.js'

/** Rows that transactions fight over. */
@model()
export class Item extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true, maxLength: 40 }) name!: string
  @IntegerField({ default: 0 }) n!: number
}

/** A database with an empty table of items before each spec. */
export interface Items {
  readonly db: PostgresqlDatabase
  /** Every statement that was sent since the spec began. */
  readonly log: string[]
  /** What the table holds, asked outside any transaction. */
  names(): Promise<string>
}

/** Binds `Item` to a database of the server for the specs of this block; `url` is asked when they begin. */
export function itemsOn(live: LiveServer, options: DatabaseOptions = {}, url = () => live.url): Items {
  const log: string[] = []
  const Kind = live.name === 'cockroachdb' ? CockroachDatabase : PostgresqlDatabase
  const db = new Kind(null, { ...options, logQueries: ({ sql }) => log.push(sql) })
  beforeAll(async () => {
    db.init(url())
    db.bind([Item])
    await db.createTables([Item])
  })
  beforeEach(async () => {
    await Item.delete()
    log.length = 0
  })
  afterAll(() => db.close())
  return { db, log, names: () => namesIn(db) }
}

/** The kinds of blocks that are transactions of their own. */
export const KINDS = ['transaction', 'atomic', 'runTransaction'] as const

/** Runs a block of that kind. */
export function run<T>(db: PostgresqlDatabase, kind: (typeof KINDS)[number], block: () => T | PromiseLike<T>): Promise<T> {
  if (kind === 'runTransaction') return db.runTransaction(block)
  return db[kind as 'transaction'](block) as Promise<T>
}

/** The names of all items, in order, asked outside any transaction. */
export async function namesIn(db: PostgresqlDatabase): Promise<string> {
  const items = await db.outside(async () => Item.select().orderBy(i => i.name.asc()))
  return items.map(({ name }) => name).join(' ')
}

/** Creates an item. */
export const add = (name: string): Promise<Item> => Item.create({ name })

/** A statement that the server fails as it would a conflict with another transaction. */
export function conflict(live: LiveServer): string {
  return live.name === 'cockroachdb'
    ? `select crdb_internal.force_retry('1h'::interval)`
    : `do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`
}

/** A place where so many must have arrived before any goes on; whoever comes later goes straight through. */
export function barrier(count: number): () => Promise<void> {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  let arrived = 0
  return () => {
    if (++arrived >= count) open()
    return opened
  }
}

/** The error that a promise rejects with. Throws where it resolves. */
export async function failure(promise: PromiseLike<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('Expected a rejection')
}
