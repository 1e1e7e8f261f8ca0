import { recordingDriver } from 'pewit/extend'
import { CockroachDatabase } from 'pewit/playhouse/cockroachdb'
import { bindModels, checkCases } from '../helpers/dialects.js'
import * as tables from './tables/explain.js'
import { KV, models } from './tables/models.js'

bindModels(models)
checkCases(tables)

describe('options of explain that cannot be', () => {
  const recording = recordingDriver(({ text }) =>
    text === 'SELECT version()' ? { rows: [['CockroachDB CCL v26.3.0 (x86_64)']] } : undefined
  )
  const db = new CockroachDatabase('nowhere', { driver: recording.factory })
  afterAll(() => db.close())

  it.each<[string, object, string, string | RegExp]>([
    ['misspelt', { analyse: true }, 'UNKNOWN_OPTION', 'explain has no option "analyse"; it has analyze, verbose, format, mode'],
    ['another format', { format: 'xml' }, 'BAD_ARGUMENT', "explain: `format` must be 'json'"],
    ['another mode', { mode: 'debug' }, 'BAD_ARGUMENT', 'explain: `mode` must be one of opt, distsql, vec, types'],
    [
      'times of what is not run',
      { mode: 'opt', analyze: true },
      'BAD_ARGUMENT',
      'explain: analyze cannot be told as opt; leave one of them out, or use distsql'
    ]
  ])('%s', async (_, options, code, message) => {
    db.bind([KV])
    await expect(KV.select().explain(options)).rejects.toMatchObject({ name: 'TypeError', code, message })
    expect(recording.statements.filter(({ text }) => text !== 'SELECT version()')).toEqual([])
  })
})
