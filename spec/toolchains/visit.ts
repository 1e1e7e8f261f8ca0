import { compositeKey, DateTimeTZField, Model, model } from 'pewit'
import { UUIDv7KeyField, unexpired } from 'pewit/playhouse/cockroachdb'

/** Options that an extension adds to those of models. */
@model({ ttl: { expireAfter: '1 day', jobCron: '@daily' }, families: { all: ['id', 'seenAt'] } })
export class Visit extends Model {
  @UUIDv7KeyField({ hash: true, buckets: 4 }) id!: string
  @DateTimeTZField({ onUpdate: 'now()' }) seenAt!: Date
}

export const visits = Visit.select().where(unexpired(Visit))
export const key = compositeKey('day', 'place', { hash: true })
