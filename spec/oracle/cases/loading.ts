import { load, prefetch } from 'pewit'
import { Favorite, Tweet, User } from '../models.js'
import type { Translations } from '../run.js'

/** Relations loaded with a query. */

export const loading: Translations = {
  'rel.prefetch_basic': async () => {
    const users = await prefetch(
      User.select().orderBy(u => u.id),
      Tweet.select().orderBy(t => t.id)
    )
    return users.map(u => [u.username, u.tweets.map(t => t.content)])
  },
  'rel.prefetch_filtered': async () => {
    const users = await User.select()
      .orderBy(u => u.id)
      .prefetch(
        Tweet.select()
          .where(t => t.views.gt(6))
          .orderBy(t => t.id)
      )
    return users.map(u => [u.id, u.tweets.map(t => t.id)])
  },
  'rel.with_related_nested': async () => {
    const tweets = load(User, 'tweets', { query: Tweet.select().orderBy(t => t.id) })
    const users = await User.select()
      .where(u => u.id.eq(1))
      .withRelated(tweets.then(load(Tweet, 'favorites').then(load(Favorite, 'user'))))
    return users.map(u => [u.username, u.tweets.map(t => [t.id, t.favorites.map(f => f.user.username)])])
  }
}
