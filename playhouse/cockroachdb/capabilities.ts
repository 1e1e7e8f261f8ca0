import type { SupportTable } from '../../lib/extend.js'

const docs = (page: string) => `https://www.cockroachlabs.com/docs/${page}`
const thread = (number: number) => `cockroachdb/cockroach#${number}`

/**
 * What CockroachDB has, from v21.2 on, as its release notes, its documentation and its threads tell. Early builds bear the
 * number of the version that they lead to: what such a version got late is told of the patch behind it.
 */
export const support: SupportTable = {
  replace: { since: 'always', source: docs('v21.2/upsert') },
  nullsOrdering: { since: 220_100, source: thread(71083) },
  conflictConstraint: { since: 210_205, source: thread(73460) },
  conflictExpressions: { since: 'never', source: thread(67893) },
  skipLocked: { since: 220_200, source: thread(85720) },
  recursiveUnion: { since: 220_100, source: thread(71685) },
  groupingSets: { since: 'never', source: thread(46280) },
  // There since v22.1 (cockroachdb/cockroach#74006); then their queries could have no parameters.
  cursors: { since: 220_103, source: thread(82754) },
  explainJson: { since: 'never', source: thread(117768) },
  explainModes: { since: 'always', source: docs('v21.2/explain') },
  systemTime: { since: 'always', source: docs('v21.2/as-of-system-time') },
  createTableOfPast: { since: 250_200, source: thread(142147) },
  boundedStaleness: { since: 210_201, source: thread(67697) },
  indexHints: { since: 'always', source: docs('v21.2/table-expressions') },
  noFullScan: { since: 210_202, source: thread(71437) },
  protocolCancel: { since: 220_100, source: thread(67501) },
  priority: { since: 'always', source: docs('v21.2/begin-transaction') },
  jsonOrdering: { since: 230_200, source: thread(99275) },
  jsonPath: { since: 250_200, source: thread(142336) },
  arraySlices: { since: 'never', source: thread(32551) },
  virtualColumns: { since: 'always', source: docs('v21.2/computed-columns') },
  identity: { since: 210_201, source: thread(68711) },
  deferrable: { since: 'never', source: thread(31632) },
  nullsNotDistinct: { since: 'never', source: thread(115836) },
  restartIdentity: { since: 'never', source: thread(38931) },
  smallSerials: { since: 'never', source: thread(15721) },
  // It makes a window function of it and may read the whole table, or give other rows (cockroachdb/cockroach#151609).
  lateralLimits: { since: 'never', source: thread(165983) },
  hiddenColumns: { since: 'always', source: docs('v21.2/information-schema') },
  textSearch: { since: 230_100, source: thread(92966) },
  hstore: { since: 'never', source: thread(41284) },
  noKeyUpdate: { since: 'always', source: docs('v21.2/select-for-update') },
  setLocal: { since: 210_201, source: thread(69224) },
  autocommitBeforeDdl: { since: 240_100, source: thread(118440) },
  // Before that under another name, and behind a setting.
  hashSharding: { since: 220_100, source: thread(76068) },
  expressionIndexes: { since: 210_201, source: docs('v21.2/expression-indexes') },
  computedInExpressions: { since: 'never', source: thread(67900) },
  virtualIndexed: { since: 'always', source: docs('v21.2/computed-columns') },
  indexNulls: { since: 'never', source: thread(6224) },
  onUpdate: { since: 210_201, source: thread(69091) },
  columnFamilies: { since: 'always', source: docs('v21.2/column-families') },
  rowTtl: { since: 220_100, source: docs('v22.1/row-level-ttl') },
  rowTtlExpression: { since: 220_200, source: thread(76916) },
  rowTtlSelectRate: { since: 230_201, source: thread(115802) },
  rowTtlChangefeeds: { since: 240_100, source: thread(119611) },
  rowIds: { since: 'always', source: docs('v21.2/functions-and-operators') }
}

/** 250403 is v25.4.3, and 250400 is v25.4. */
export function versionText(version: number): string {
  const [year, release, patch] = [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100]
  return `v${year}.${release}${patch > 0 ? `.${patch}` : ''}`
}
