import { bindModels, checkCases } from '../helpers/dialects.js'
import { enums, flags, models, others } from './tables/fields.js'

bindModels(models)
checkCases({ enums, flags, others })
