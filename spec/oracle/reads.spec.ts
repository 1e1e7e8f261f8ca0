import { eachServer } from '../helpers/live.js'
import { expressions, groups, rows, scalars, selects } from './cases/reads.js'
import { runCases } from './run.js'

eachServer('oracle: reads', live => runCases(live, { ...expressions, ...selects, ...groups, ...scalars, ...rows }))
