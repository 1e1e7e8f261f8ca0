// biome-ignore lint/style/useImportType: a compiler that emits the types of properties then refers to these values.
import { ArrayField, ForeignKeyField, JSONField, ManyToMany, ManyToManyField, model, Ref, TextField } from 'pewit'
import { Stamped } from './base.js'
import { User } from './user.js'

export interface Settings {
  theme: 'dark' | 'light'
}

@model({ indexes: [[['user', 'createdAt'], false]] })
export class Tweet extends Stamped {
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  declare userId: string
  @ManyToManyField(() => User, { backref: 'liked' }) likers!: ManyToMany<User>
  @TextField() content!: string
  @ArrayField(TextField) tags: string[] = ['new']
  @JSONField<Settings>({ default: () => ({ theme: 'dark' }) }) settings!: Settings
}
