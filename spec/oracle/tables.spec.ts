import { PostgresqlDatabase } from 'pewit'
import { createStatements } from '../../lib/schema/tables.js'
import { statementFor } from '../helpers/dialects.js'
import { created } from './cases/tables.js'
import { MODELS } from './models.js'
import { recorded } from './recorded.js'

describe('oracle: tables', () => {
  beforeAll(() => new PostgresqlDatabase('never_connected').bind([...MODELS, ...Object.values(created)]))

  it.each(Object.entries(created))('%s', (id, model) => {
    const [first] = createStatements([model], false)
    expect(statementFor('postgresql', { toNode: () => first } as never).text).toBe(recorded(id).statement)
  })
})
