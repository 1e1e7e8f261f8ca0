import { eachServer } from '../helpers/live.js'
import { loading } from './cases/loading.js'
import { runCases } from './run.js'

eachServer('oracle: relations loaded with a query', live => runCases(live, loading))
