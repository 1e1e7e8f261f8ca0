import { bindModels, checkCases } from '../helpers/dialects.js'
import * as tables from './tables/compounds.js'
import { models } from './tables/models.js'

bindModels(models)
checkCases(tables)
