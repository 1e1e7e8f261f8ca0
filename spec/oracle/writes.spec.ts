import { eachServer } from '../helpers/live.js'
import { deletes, inserts, instances, updates, upserts } from './cases/writes.js'
import { runCases } from './run.js'

eachServer('oracle: writes', live => runCases(live, { ...inserts, ...upserts, ...updates, ...deletes, ...instances }))
