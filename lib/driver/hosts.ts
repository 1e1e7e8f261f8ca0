import type { Socket } from 'node:net'
import type { Route } from './dialer.js'
import type { HostOrder } from './driver.js'
import type { Place } from './sqlstate.js'

/** The hosts, as the `postgres` package has read them from the options, the URL and the environment. */
export interface Hosts {
  readonly host: string[]
  readonly port: number[]
  readonly path: string | false
}

/** Where connections lead, for messages. */
export function placeOf({ host, port, path, user, database }: Hosts & Pick<Place, 'user' | 'database'>): Place {
  const address = path || host.map((name, i) => `${name.includes(':') ? `[${name}]` : name}:${port[i]}`).join(', ')
  return { address, user, database }
}

/** The way of one connection: the hosts in an order, or the `socket` function of the program's own. */
export function routeOf({ host, port, path }: Hosts, socket: unknown, order: readonly number[]): Route {
  const custom = typeof socket === 'function' ? (socket as (options: unknown) => Socket | Promise<Socket>) : undefined
  return { hosts: order.map(i => host[i]), ports: order.map(i => port[i]), path: path || undefined, custom }
}

/** The numbers below `count` in an order; `turn` says how many connections were made before. */
export function ordered(count: number, order: HostOrder, turn: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i)
  if (order === 'roundRobin') return all.map(i => (i + turn) % count)
  if (order === 'given') return all
  return all
    .map(i => ({ i, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ i }) => i)
}
