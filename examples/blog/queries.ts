import { fn, load, throughModel } from 'pewit'
import { Follow, Post, Tag, User } from './models.js'

/** What a user reads: the newest posts of those whom they follow, with authors, tags and fans. Three statements. */
export function timeline(reader: User, length: number) {
  return Post.select(Post, User)
    .join(User)
    .where(p => p.author.in(reader.following))
    .orderBy(p => p.at.desc())
    .limit(length)
    .withRelated('tags', 'fans')
}

/** The three tags of most posts, counted on the server. */
export function topTags() {
  return Tag.select()
    .join(throughModel(Post, 'tags'))
    .columns(t => [t.name, fn.count(t.name).as('posts')])
    .groupBy(t => t.name)
    .orderBy(t => [fn.count(t.name).desc(), t.name])
    .limit(3)
}

/** Whom those follow whom a user follows, and the user does not; the best known first. */
export function suggestions(reader: User) {
  return Follow.select()
    .join(User, { on: f => f.followed })
    .where(f => f.follower.in(reader.following))
    .where((_, u) => u.id.notIn(reader.following).and(u.id.ne(reader.id)))
    .columns((f, u) => [u.id, u.handle, fn.count(f.follower).as('friends')])
    .groupBy((_, u) => [u.id, u.handle])
    .orderBy((f, u) => [fn.count(f.follower).desc(), u.handle])
}

/** All users with their followers, their two newest posts and who likes these. Four statements, for any number of users. */
export function profiles() {
  const newest = Post.select().orderBy(p => p.at.desc())
  return User.select()
    .orderBy(u => u.handle)
    .withRelated('followers', load('posts', { query: newest, perParent: 2 }).then('fans'))
}

/** How many posts each user wrote. The author is awaited post by post, and still all of them are loaded by one statement. */
export async function authors(): Promise<[handle: string, posts: number][]> {
  const posts = await Post.select()
  const handles = await Promise.all(posts.map(async post => (await post.author).handle))
  return [...new Set(handles)].sort().map(handle => [handle, handles.filter(other => other === handle).length])
}
