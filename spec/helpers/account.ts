import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** A user of this machine other than root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Whom to run PostgreSQL as, which refuses to run as root; undefined when we are not root. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const account = accountOf('postgres') ?? accountOf('nobody')
  if (!account) throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as')
  return account
}

/** A directory for temporary files that the account can enter. */
export function reachableDirectory(account: Account | undefined): string {
  const found = [tmpdir(), '/tmp', '/var/tmp'].find(path => !account || isReachable(path, account))
  if (!found) throw new Error(`no temporary directory that user ${account?.uid} can enter: set TMPDIR to one`)
  return found
}

/** Whether the account can enter the path and every directory above it. */
export function isReachable(path: string, account: Account): boolean {
  const full = resolve(path)
  const stat = statSync(full, { throwIfNoEntry: false })
  if (!stat) return false
  const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001
  return (stat.mode & bit) !== 0 && (dirname(full) === full || isReachable(dirname(full), account))
}

/** Makes the account the owner of the path and of everything in it. */
export function giveTo(account: Account, path: string): void {
  chownSync(path, account.uid, account.gid)
  if (!statSync(path).isDirectory()) return
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) giveTo(account, join(path, entry.name))
  }
}

/** A copy of the directory that the account owns. */
export function copyFor(account: Account, from: string, to: string): string {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  giveTo(account, to)
  return to
}

function accountOf(name: string): Account | undefined {
  try {
    return { uid: idOf('-u', name), gid: idOf('-g', name) }
  } catch {
    return undefined
  }
}

function idOf(which: '-u' | '-g', name: string): number {
  return Number.parseInt(execFileSync('id', [which, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), 10)
}
