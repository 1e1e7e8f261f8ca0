import { relations } from 'drizzle-orm'
import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import {
  type Backref,
  CharField,
  DateTimeTZField,
  ForeignKeyField,
  IntegerField,
  load,
  Model,
  model,
  PostgresqlDatabase,
  type Ref,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import postgres from 'postgres'
import { startPostgres } from '../spec/helpers/servers.js'
import { type Contender, interleaved } from './interleaved.js'

/** Measures loading related rows beside a join written by hand and Drizzle, in one interleaved run: `npm run bench:relations`. */

const server = await startPostgres()
const db = new PostgresqlDatabase(server.url)
const sql = postgres(server.url, { onnotice: () => undefined })

@model({ database: db, tableName: 'authors' })
class Author extends Model {
  @UUIDKeyField() id!: string
  @CharField() name!: string
  @IntegerField({ index: true }) born!: number
  declare books: Backref<Book>
}

@model({ database: db, tableName: 'books' })
class Book extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Author, { backref: 'books' }) author!: Ref<Author>
  @TextField() title!: string
  @IntegerField() pages!: number
  @DateTimeTZField() published!: Date
  declare reviews: Backref<Review>
}

@model({ database: db, tableName: 'reviews' })
class Review extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => Book, { backref: 'reviews' }) book!: Ref<Book>
  @IntegerField() stars!: number
  @TextField() body!: string
}

// ── the same for Drizzle ───────────────────────────────────────────────────────────────────────────────────────────

const authors = pgTable('authors', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  born: integer().notNull()
})
const books = pgTable('books', {
  id: uuid().primaryKey(),
  authorId: uuid('author_id').notNull(),
  title: text().notNull(),
  pages: integer().notNull(),
  published: timestamp({ withTimezone: true }).notNull()
})
const reviews = pgTable('reviews', {
  id: uuid().primaryKey(),
  bookId: uuid('book_id').notNull(),
  stars: integer().notNull(),
  body: text().notNull()
})
const schema = {
  authors,
  books,
  reviews,
  authorsRelations: relations(authors, ({ many }) => ({ books: many(books) })),
  booksRelations: relations(books, ({ one, many }) => ({
    author: one(authors, { fields: [books.authorId], references: [authors.id] }),
    reviews: many(reviews)
  })),
  reviewsRelations: relations(reviews, ({ one }) => ({ book: one(books, { fields: [reviews.bookId], references: [books.id] }) }))
}
// A client of its own: Drizzle changes how its client reads types.
const drizzleClient = postgres(server.url, { onnotice: () => undefined })
const orm = drizzle(drizzleClient, { schema })

// ── the work ───────────────────────────────────────────────────────────────────────────────────────────────────────

const AUTHORS = 200
const BOOKS = 10
const REVIEWS = 5
const PARENTS = 50

async function fill(): Promise<void> {
  await db.createTables([Author, Book, Review])
  const authorIds = await Author.insertMany(Array.from({ length: AUTHORS }, (_, i) => ({ name: `author ${i}`, born: 1900 + i })))
  const bookIds = await Book.insertMany(
    authorIds.flatMap(author =>
      Array.from({ length: BOOKS }, (_, i) => ({
        author,
        title: `a book of some title ${i}`,
        pages: 100 + i,
        published: new Date(i * 1e11)
      }))
    )
  )
  const ofBook = (book: string) => Array.from({ length: REVIEWS }, (_, i) => ({ book, stars: i, body: 'a few words about it' }))
  await Review.insertMany(bookIds.flatMap(ofBook))
  await sql`ANALYZE`
}

/** What a join gives, put together as every program that writes it by hand does. */
function grouped<R extends Record<string, unknown>>(rows: readonly R[], key: string, into: (row: R) => object): object[] {
  const parents = new Map<unknown, { children: R[] }>()
  for (const row of rows) {
    const parent = parents.get(row[key]) ?? { ...into(row), children: [] }
    parents.set(row[key], parent)
    parent.children.push(row)
  }
  return [...parents.values()]
}

const bornBefore = 1900 + PARENTS
const someAuthors = () => Author.select().where(a => a.born.lt(bornBefore))

const twoLevels: Contender[] = [
  {
    name: 'a join by hand, on the driver',
    run: async () =>
      grouped(
        await sql`SELECT a.id AS author_id, a.name, a.born, b.id, b.title, b.pages, b.published FROM authors a JOIN books b ON b.author_id = a.id
          WHERE a.born < ${bornBefore}`,
        'author_id',
        ({ author_id, name, born }) => ({ id: author_id, name, born })
      )
  },
  {
    name: 'two queries by hand, on the driver',
    run: async () => {
      const parents = await sql`SELECT id, name, born FROM authors WHERE born < ${bornBefore}`
      const ids = parents.map(({ id }) => id as string)
      const children = await sql`SELECT id, author_id, title, pages, published FROM books WHERE author_id = ANY(${ids}::uuid[])`
      const byId = new Map(parents.map(parent => [parent.id, { ...parent, books: [] as object[] }]))
      for (const book of children) byId.get(book.author_id)?.books.push(book)
      return [...byId.values()]
    }
  },
  {
    name: 'JSON aggregation by hand, on the driver',
    run: () =>
      sql`SELECT a.id, a.name, a.born, (SELECT json_agg(json_build_array(b.id, b.title, b.pages, b.published)) FROM books b WHERE b.author_id = a.id)
        FROM authors a WHERE a.born < ${bornBefore}`
  },
  { name: 'pewit: prefetch', run: async () => someAuthors().prefetch(Book) },
  { name: 'pewit: withRelated', run: async () => someAuthors().withRelated('books') },
  {
    name: 'pewit: a joined graph',
    run: async () =>
      Book.select(Book, Author)
        .join(Author)
        .where((_, a) => a.born.lt(bornBefore))
  },
  {
    name: 'drizzle: findMany({ with })',
    run: () => orm.query.authors.findMany({ where: (a, { lt }) => lt(a.born, bornBefore), with: { books: true } })
  }
]

const threeLevels: Contender[] = [
  {
    name: 'a join by hand, on the driver',
    run: () =>
      sql`SELECT a.id AS author_id, a.name, a.born, b.id AS book_id, b.title, b.pages, b.published, r.id, r.stars, r.body FROM authors a
        JOIN books b ON b.author_id = a.id JOIN reviews r ON r.book_id = b.id WHERE a.born < ${bornBefore}`.then(rows =>
        grouped(rows, 'book_id', ({ book_id, title }) => ({ id: book_id, title }))
      )
  },
  { name: 'pewit: prefetch', run: async () => someAuthors().prefetch(Book, Review) },
  { name: 'pewit: withRelated', run: async () => someAuthors().withRelated(load('books').then('reviews')) },
  {
    name: 'pewit: a joined graph',
    run: async () =>
      Review.select(Review, Book, Author)
        .join(Book)
        .join(Author)
        .where((_r, _b, a) => a.born.lt(bornBefore))
  },
  {
    name: 'drizzle: findMany({ with })',
    run: () =>
      orm.query.authors.findMany({
        where: (a, { lt }) => lt(a.born, bornBefore),
        with: { books: { with: { reviews: true } } }
      })
  }
]

async function measure(title: string, contenders: readonly Contender[], rounds: number): Promise<void> {
  const measured = await interleaved(contenders, rounds)
  console.log(`\n${title}`)
  for (const { name, median } of measured)
    console.log(`  ${name.padEnd(42)} ${median.toFixed(3).padStart(8)} ms   ${(median / measured[0].median).toFixed(2)} ×`)
}

try {
  await fill()
  await measure(`${PARENTS} authors, ${BOOKS} books each (budget of prefetch: 1.25)`, twoLevels, 300)
  await measure(`the same, ${REVIEWS} reviews of each book`, threeLevels, 100)
} finally {
  await Promise.all([db.close(), sql.end(), drizzleClient.end()])
  await server.stop()
}
