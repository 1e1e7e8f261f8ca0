import type { Database } from 'pewit'
import { countQueries } from 'pewit/playhouse/test-utils'
import { User } from './models.js'
import { authors, profiles, suggestions, timeline, topTags } from './queries.js'

/** What a user sees, line by line, with the number of statements that each part takes. */
export async function* report(db: Database, handle: string): AsyncGenerator<string> {
  const reader = await User.get({ handle })
  const read = () => timeline(reader, 5)
  yield* part(db, `The timeline of ${reader.name}`, read, ({ author, text, fans, tags }) => [
    `@${author.handle}: ${text}`,
    `    liked by ${names(fans.map(fan => fan.handle))}; tags: ${names(tags.map(tag => tag.name))}`
  ])
  yield* part(db, 'Most used tags', topTags, ({ name, posts }) => [`#${name} in ${posts} posts`])

  const suggest = () => suggestions(reader)
  yield* part(db, 'Who to follow', suggest, user => [`@${user.handle}, followed by ${user.friends} of yours`])
  const [best] = await suggest().limit(1)
  if (best) await reader.following.add(best.id)
  const now = `The timeline with ${best ? `@${best.handle}` : 'nobody else'}`
  yield* part(db, now, read, ({ author, text }) => [`@${author.handle}: ${text}`])

  yield* part(db, 'Everybody', profiles, ({ handle, followers, posts }) => {
    const likes = posts.flatMap(({ fans }) => fans).length
    return [`@${handle}: followers ${followers.length}, newest posts ${posts.length}, their likes ${likes}`]
  })
  yield* part(db, 'Authors, awaited post by post', authors, ([name, posts]) => [`@${name}: ${posts}`])
}

type Rows<T> = () => PromiseLike<readonly T[]>

async function* part<T>(db: Database, title: string, rows: Rows<T>, linesOf: (row: T) => string[]) {
  const { result, count } = await countQueries(db, rows)
  yield* ['', `${title} (${count} ${count === 1 ? 'query' : 'queries'})`, ...result.flatMap(linesOf).map(line => `  ${line}`)]
}

function names(given: readonly string[]): string {
  return given.toSorted().join(', ') || '–'
}
