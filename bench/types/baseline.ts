/** What every program that uses Pewit pays: the import alone. */
import 'reflect-metadata'
import * as pewit from 'pewit'
import * as cockroachdb from 'pewit/playhouse/cockroachdb'

export const imported: readonly object[] = [pewit, cockroachdb]
