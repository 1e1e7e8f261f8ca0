import { bindModels, checkCases } from '../helpers/dialects.js'
import { models } from './tables/models.js'
import * as tables from './tables/windows.js'

bindModels(models)
checkCases(tables)
