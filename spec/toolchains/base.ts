import { DateTimeTZField, Model, model } from 'pewit'
import { UUIDKeyField } from 'pewit/playhouse/cockroachdb'
import { db } from './database.js'

/** What all models of the project have; it carries their database. */
@model({ database: db })
export abstract class Stamped extends Model {
  @UUIDKeyField() id!: string
  @DateTimeTZField({ default: () => new Date(0) }) createdAt!: Date
}
