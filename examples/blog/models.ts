import { randomUUID } from 'node:crypto'
import {
  type Backref,
  CharField,
  compositeKey,
  DateTimeTZField,
  ForeignKeyField,
  type ManyToMany,
  ManyToManyField,
  Model,
  model,
  type Ref,
  TextField
} from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'

// The models name no database: load.ts binds them to the one it fills.

@model({ tableName: 'users' })
export class User extends Model {
  @UUIDKeyField({ default: () => randomUUID() }) id!: string
  @CharField({ unique: true, maxLength: 20 }) handle!: string
  @CharField({ maxLength: 40 }) name!: string
  @ManyToManyField(() => User, { backref: 'followers', through: () => Follow, throughFields: ['follower', 'followed'] })
  following!: ManyToMany<User>
  declare followers: ManyToMany<User>
  declare posts: Backref<Post>
  declare favourites: ManyToMany<Post>
}

/** Who follows whom. */
@model({ primaryKey: compositeKey('follower', 'followed') })
export class Follow extends Model {
  @ForeignKeyField(() => User) follower!: Ref<User>
  @ForeignKeyField(() => User) followed!: Ref<User>
}

@model({ indexes: [[['author', 'at'], false]] })
export class Post extends Model {
  @UUIDKeyField({ default: () => randomUUID() }) id!: string
  @ForeignKeyField(() => User, { backref: 'posts' }) author!: Ref<User>
  @DateTimeTZField() at!: Date
  @TextField() text!: string
  @ManyToManyField(() => Tag, { backref: 'posts' }) tags!: ManyToMany<Tag>
  @ManyToManyField(() => User, { backref: 'favourites' }) fans!: ManyToMany<User>
}

@model()
export class Tag extends Model {
  @CharField({ primaryKey: true, maxLength: 30 }) name!: string
  declare posts: ManyToMany<Post>
}

export const models = [User, Follow, Post, Tag]
