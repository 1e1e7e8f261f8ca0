import { bindModels, checkCases } from '../helpers/dialects.js'
import { hstores, models, textSearch } from './tables/postgres.js'

bindModels(models)
checkCases({ textSearch, hstores })
