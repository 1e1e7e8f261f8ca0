import { eachServer } from '../helpers/live.js'
import { joins, relations, subqueries } from './cases/joins.js'
import { runCases } from './run.js'

eachServer('oracle: joins and relations', live => runCases(live, { ...joins, ...subqueries, ...relations }))
