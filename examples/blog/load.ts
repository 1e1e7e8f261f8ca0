import { readFile } from 'node:fs/promises'
import type { Database } from 'pewit'
import { models, Post, Tag, User } from './models.js'

interface Flock {
  readonly users: readonly { readonly handle: string; readonly name: string; readonly follows: readonly string[] }[]
  readonly posts: readonly {
    readonly author: string
    readonly at: string
    readonly text: string
    readonly likes: readonly string[]
  }[]
}

/** Creates the tables, those of the pairs too, and fills them with what `flock.json` holds, or with nothing. */
export async function load(db: Database): Promise<void> {
  const flock = JSON.parse(await readFile(new URL('flock.json', import.meta.url), 'utf8')) as Flock
  db.bind(models)
  await db.createTables(models)
  await db.runTransaction(() => insert(flock))
}

async function insert({ users, posts }: Flock): Promise<void> {
  const byHandle = new Map(users.map(({ handle, name }) => [handle, User.new({ handle, name })]))
  const named = (handles: readonly string[]) => handles.map(handle => byHandle.get(handle) as User)
  const written = posts.map(({ author, at, text }) => Post.new({ author: byHandle.get(author), at: new Date(at), text }))
  await User.bulkCreate(byHandle.values())
  await Post.bulkCreate(written)
  await Tag.insertMany([...new Set(written.flatMap(tagsIn))].map(name => ({ name })))
  // Started together, these travel together: the transaction waits for them once.
  await Promise.all([
    ...users.map(({ handle, follows }) => byHandle.get(handle)?.following.add(named(follows))),
    ...written.map(post => post.tags.add(tagsIn(post))),
    ...written.map((post, i) => post.fans.add(named(posts[i].likes)))
  ])
}

/** The tags in a text: `#shiny`. */
function tagsIn({ text }: Post): string[] {
  return Array.from(text.matchAll(/#(\w+)/g), ([, name]) => name)
}
