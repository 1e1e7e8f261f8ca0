import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** The names of the packages that users get with Pewit. */
export const dependencyNames = Object.keys(dependencies)

/** What goes into the copy of the work tree that is packed: what the package is made of, and what must not get into it. */
const copied = [
  ...['lib', 'fields', 'playhouse', 'docs', 'examples', 'bench', 'changes', 'README.md', 'LICENSE'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'jest.config.mjs', 'biome.json']
]

/** The package as users get it. */
export interface Packed {
  readonly tarball: string
  /** Where it is unpacked. */
  readonly folder: string
}

/**
 * Packs Pewit as `npm publish` would, in a folder of the caller's: from a copy, so that the work tree's own `dist`, which
 * others may be reading, is left alone. The copy's `dist` holds a file of an older build.
 */
export function packInto(directory: string): Packed {
  const copy = join(directory, 'copy')
  for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  mkdirSync(join(copy, 'dist'))
  writeFileSync(join(copy, 'dist/older.js'), '')
  // A single string with a shell: on Windows npm is a batch file.
  run('npm pack --pack-destination ..', [], copy, true)
  const tarball = join(directory, `pewit-${version}.tgz`)
  run('tar', ['-xzf', `pewit-${version}.tgz`], directory)
  return { tarball, folder: join(directory, 'package') }
}

/** Makes a folder a project that has the package installed, and of its dependencies and the named packages nothing else. */
export function installInto(project: string, { folder }: Packed, others: readonly string[] = []): void {
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
  cpSync(folder, join(project, 'node_modules/pewit'), { recursive: true })
  for (const name of [...dependencyNames, ...others])
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name), 'junction')
}

/** The files below a folder, with slashes. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/')
    )
    .sort()
}

function run(command: string, args: readonly string[], cwd: string, shell = false): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, shell, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
}
