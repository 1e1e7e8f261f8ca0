import {
  type Backref,
  CharField,
  type Database,
  ForeignKeyField,
  IntegerField,
  type ManyToMany,
  ManyToManyField,
  Model,
  model,
  type Ref
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

/** A small social network, for the specs of loading relations. */

@model({ tableName: 'people' })
export class User extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) username!: string
  declare tweets: Backref<Tweet>
  declare favorites: Backref<Favorite>
  declare sent: Backref<Message>
  declare received: Backref<Message>
}

@model()
export class Tweet extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'tweets' }) user!: Ref<User>
  declare userId: string
  @ForeignKeyField(() => User, { null: true }) editor!: Ref<User> | null
  declare editorId: string | null
  @CharField({ unique: true }) content!: string
  @IntegerField({ default: 0 }) views!: number
  declare favorites: Backref<Favorite>
  @ManyToManyField(() => Tag, { backref: 'tweets' }) tags!: ManyToMany<Tag>
}

@model()
export class Favorite extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'favorites' }) user!: Ref<User>
  @ForeignKeyField(() => Tweet, { backref: 'favorites' }) tweet!: Ref<Tweet>
}

@model()
export class Tag extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) name!: string
  declare tweets: ManyToMany<Tweet>
}

/** Refers twice to users. */
@model()
export class Message extends Model {
  @UUIDKeyField() id!: string
  @ForeignKeyField(() => User, { backref: 'sent' }) from!: Ref<User>
  @ForeignKeyField(() => User, { backref: 'received' }) to!: Ref<User>
  @CharField() text!: string
}

/** Refers to itself, and by another column than the key. */
@model()
export class Folder extends Model {
  @UUIDKeyField() id!: string
  @CharField({ unique: true }) path!: string
  @ForeignKeyField(() => Folder, { backref: 'children', field: 'path', null: true }) parent!: Ref<Folder> | null
  declare parentId: string | null
  declare children: Backref<Folder>
}

export const SOCIAL = [User, Tweet, Favorite, Tag, Message, Folder]

/** Who wrote what, who likes it, and what it is about. */
const TWEETS = [
  { user: 'huey', content: 'meow', views: 1, liked: ['mickey', 'zaizee'], tags: ['cat', 'loud'] },
  { user: 'huey', content: 'hiss', views: 5, liked: ['mickey'], tags: ['cat'], editor: 'zaizee' },
  { user: 'huey', content: 'purr', views: 9, liked: [], tags: [] },
  { user: 'mickey', content: 'woof', views: 7, liked: ['huey'], tags: ['dog', 'loud'], editor: 'mickey' },
  { user: 'mickey', content: 'whine', views: 3, liked: [], tags: ['dog'] }
]

/** Creates the tables, with three users: huey wrote three tweets, mickey two, zaizee none. */
export async function createSocial(db: Database): Promise<void> {
  db.bind(SOCIAL)
  await db.createTables(SOCIAL)
  const users = await named(User, 'username', ['huey', 'mickey', 'zaizee'])
  const tags = await named(Tag, 'name', ['cat', 'dog', 'loud'])
  for (const { user, content, views, liked, tags: about, editor } of TWEETS) {
    const tweet = await Tweet.create({ user: users[user], content, views, editor: editor ? users[editor] : null })
    for (const name of liked) await Favorite.create({ user: users[name], tweet })
    await tweet.tags.add(about.map(name => tags[name]))
  }
  await Message.create({ from: users.huey, to: users.mickey, text: 'hello' })
  await Message.create({ from: users.mickey, to: users.huey, text: 'hi' })
  for (const path of ['/', '/a', '/a/b', '/a/c', '/d']) {
    const parent = path === '/' ? null : path.slice(0, path.lastIndexOf('/')) || '/'
    await Folder.create({ path, parentId: parent } as object)
  }
}

async function named<M extends Model>(
  kind: typeof Model & (new () => M),
  property: string,
  names: string[]
): Promise<Record<string, M>> {
  const instances = names.map(name => kind.new({ [property]: name } as object) as M)
  await kind.bulkCreate(instances)
  return Object.fromEntries(names.map((name, i) => [name, instances[i]]))
}
