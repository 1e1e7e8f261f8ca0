import { eachServer } from '../helpers/live.js'
import { refusals } from './cases/errors.js'
import { runRefusals } from './run.js'

eachServer('oracle: errors', live => runRefusals(live, refusals))
