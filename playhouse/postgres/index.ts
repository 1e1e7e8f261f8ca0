/** What PostgreSQL has beside what all servers do: full-text search, and HSTORE. */
export {
  type HStore,
  HStoreField,
  HStoreFieldType,
  type HStoreForms,
  type HStoreMap,
  type HStoreOps,
  type HStoreOptions,
  type HStoreValues
} from './hstore.js'
export {
  type MatchOptions,
  match,
  type TSVector,
  TSVectorField,
  TSVectorFieldType,
  type TSVectorOps
} from './text-search.js'
