import { FEATURES, type Support } from 'pewit/extend'
import { cockroachDialect } from 'pewit/playhouse/cockroachdb'

/**
 * The table of docs/cockroachdb.md: what CockroachDB has, since when, what holds where it is lacking, and where that is
 * written. A spec holds the page against it.
 */
export function capabilityTable(): string {
  const rows = Object.entries(cockroachDialect.support).map(([name, support]) => rowOf(name as keyof typeof FEATURES, support))
  return ['| capability | what | since | where it is lacking | source |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}

function rowOf(name: keyof typeof FEATURES, { since, source }: Support): string {
  const { feature, instead } = FEATURES[name]
  const from = typeof since === 'number' ? cockroachDialect.versionText(since) : since === 'always' ? 'all' : 'none'
  return `| \`${name}\` | ${feature} | ${from} | ${instead} | ${linkTo(source)} |`
}

/** `owner/repository#1` and addresses as links. */
function linkTo(source: string): string {
  const [, repository, number] = /^([\w-]+\/[\w-]+)#(\d+)$/.exec(source) ?? []
  if (repository === undefined) return `[${source.replace(/^.*\/docs\//, '')}](${source})`
  return `[${source}](https://github.com/${repository}/issues/${number})`
}
