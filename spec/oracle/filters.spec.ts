import { eachServer } from '../helpers/live.js'
import { arithmetic, compare, logic, membership, text } from './cases/filters.js'
import { runCases } from './run.js'

eachServer('oracle: conditions', live => runCases(live, { ...compare, ...logic, ...arithmetic, ...membership, ...text }))
