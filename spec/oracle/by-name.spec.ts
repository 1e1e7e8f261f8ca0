import { eachServer } from '../helpers/live.js'
import { byName } from './cases/by-name.js'
import { runCases } from './run.js'

eachServer('oracle: filters by name', live => runCases(live, byName))
