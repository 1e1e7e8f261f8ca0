import { Length } from 'class-validator'
import { type Backref, CharField, IntegerField, type ManyToMany, model } from 'pewit'
import { Stamped } from './base.js'
import { Money, MoneyField } from './money.js'
import { Tweet } from './tweet.js'

@model({ tableName: 'users' })
export class User extends Stamped {
  @Length(2, 40)
  @CharField({ unique: true, maxLength: 40 })
  username!: string

  @CharField<'admin' | 'member'>() role: 'admin' | 'member' = 'member'
  @IntegerField({ default: 3 }) lives!: number
  @IntegerField({ null: true }) age!: number | null
  @MoneyField({ default: () => new Money(0n) }) balance!: Money

  declare tweets: Backref<Tweet>
  declare liked: ManyToMany<Tweet>

  /** No column. */
  readonly nickname: string

  constructor(data?: object) {
    super(data)
    this.nickname = 'kitten'
  }

  /** Inside its own body a class may be the one before its decorators ran. */
  static named(username: string): User {
    return User.new({ username })
  }

  mentions() {
    return Tweet.select().where(tweet => tweet.content.contains(this.username))
  }
}
