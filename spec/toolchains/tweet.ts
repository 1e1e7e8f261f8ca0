import { ArrayField, ForeignKeyField, JSONField, model, type Ref, TextField } from 'pewit'
import { Stamped } from './base.js'
import { User } from './user.js'

export interface Settings {
  theme: 'dark' | 'light'
}

@model({ indexes: [[['user', 'createdAt'], false]] })
export class Tweet extends Stamped {
  // `Ref` is not imported as a type here: a compiler that emits the types of properties then refers to its value.
  @ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }) user!: Ref<User>
  declare userId: string
  @TextField() content!: string
  @ArrayField(TextField) tags: string[] = ['new']
  @JSONField<Settings>({ default: () => ({ theme: 'dark' }) }) settings!: Settings
}
