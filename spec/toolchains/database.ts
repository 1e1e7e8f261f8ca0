import { PostgresqlDatabase } from 'pewit'
import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'

const stored = ['8f4d2b6e-0000-4000-8000-000000000001', '1970-01-01 00:00:01+00', 'huey', 'admin', '9', null, '1250']

/** Answers as a server would, and keeps what was sent. */
export const sent = recordingDriver(({ text }) => {
  if (/version\(\)/.test(text)) return { rows: [['PostgreSQL 18.4 on x86_64-pc-linux-gnu']] }
  if (/^SELECT .* FROM "users"/.test(text)) return { rows: [stored] }
  if (/^INSERT INTO "users"/.test(text)) return { rows: [[stored[0]]] }
  if (text.startsWith('UPDATE')) return { count: 1 }
  return undefined
})

/** What the models are bound to unless they run on a server. */
export const db = new PostgresqlDatabase('toolchains', { driver: sent.factory })

/** The server that the environment names, if any. */
export function serverAtHand(): PostgresqlDatabase | undefined {
  const { DATABASE_URL, DATABASE_KIND } = process.env
  if (!DATABASE_URL) return undefined
  return DATABASE_KIND === 'cockroachdb' ? new CockroachDatabase(DATABASE_URL) : new PostgresqlDatabase(DATABASE_URL)
}
