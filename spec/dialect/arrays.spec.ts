import { bindModels, checkCases } from '../helpers/dialects.js'
import * as tables from './tables/arrays.js'
import { models } from './tables/models.js'

bindModels(models)
checkCases(tables)
