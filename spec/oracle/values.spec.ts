import { eachServer } from '../helpers/live.js'
import { aggregates, arrays, flags, json, jsonb, times, windows } from './cases/values.js'
import { runCases } from './run.js'

eachServer('oracle: aggregates, windows, JSON, arrays', live =>
  runCases(live, { ...aggregates, ...times, ...windows, ...json, ...jsonb, ...arrays, ...flags })
)
