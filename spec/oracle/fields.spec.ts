import { eachServer } from '../helpers/live.js'
import { fields } from './cases/fields.js'
import { runCases } from './run.js'

eachServer('oracle: fields', live => runCases(live, fields))
