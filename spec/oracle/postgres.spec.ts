import { capabilitiesOf } from '../helpers/capabilities.js'
import { eachServer } from '../helpers/live.js'
import { hstore, prepareHStore, prepareTextSearch, textSearch } from './cases/postgres.js'
import { runCases } from './run.js'

eachServer('oracle: full-text search', live => {
  const there = capabilitiesOf(live).textSearch ? describe : describe.skip
  there('where there is one', () => runCases(live, textSearch, prepareTextSearch))
})

eachServer('oracle: HSTORE', live => {
  const there = capabilitiesOf(live).hstore ? describe : describe.skip
  there('where there is one', () => runCases(live, hstore, prepareHStore))
})
