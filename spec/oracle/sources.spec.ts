import { eachServer } from '../helpers/live.js'
import { compounds, ctes, locks, sources } from './cases/sources.js'
import { runCases } from './run.js'

eachServer('oracle: compounds, CTEs and other sources', live => runCases(live, { ...compounds, ...ctes, ...sources, ...locks }))
