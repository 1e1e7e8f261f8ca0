import { ForeignKeyField, InferField, IntegerField, Model, metadata, model, type Ref, TextField } from 'pewit'
import { codeOf } from './code-of.js'
import { db } from './database.js'
import { User } from './user.js'

/** What depends on the compiler's settings, and on them alone. */

/** Refused where class fields are defined; elsewhere nothing is emitted for it, and it is the accessor. */
function shadowedAccessor(): string {
  @model({ database: db })
  class Note extends Model {
    @ForeignKeyField(() => User) user!: Ref<User>
    userId!: string
  }
  return new Note({ userId: 'a key' }).userId
}

/** Refused where the types of properties are emitted; the decorator is made to compile here. */
function contradictingType(): string {
  @model({ database: db })
  class Note extends Model {
    @(IntegerField() as PropertyDecorator) body!: string
  }
  return new Note({ body: 'text' }).body
}

/** Refused where the types of properties are not emitted. */
function inferredField(): string {
  @model({ database: db })
  class Note extends Model {
    @InferField() seen!: boolean
  }
  return String(metadata(Note).fields.at(-1)?.field.columnType)
}

/** Refused everywhere. */
function sameColumn(): string {
  @model({ database: db })
  class Note extends Model {
    @TextField() title!: string
    @TextField({ columnName: 'title' }) body!: string
  }
  return new Note().title
}

/** The code of the error, or what is given. */
export function refusals() {
  return {
    shadowedAccessor: codeOf(shadowedAccessor),
    contradictingType: codeOf(contradictingType),
    inferredField: codeOf(inferredField),
    sameColumn: codeOf(sameColumn)
  }
}
