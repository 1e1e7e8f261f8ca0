import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dependencyNames, filesBelow, installInto, type Packed, packInto } from './helpers/packed.js'

/** What users get: the packed package, held against the sources and against what tools expect of a package. */

const root = join(__dirname, '..')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { readonly default: string }>
}
const modules = Object.values(exports).flatMap(door => (typeof door === 'string' ? [] : [door.default.replace('./', '')]))
const doors = Object.keys(exports)
  .filter(door => door !== './package.json')
  .map(door => door.replace(/^\./, 'pewit'))

describe('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pewit-package-'))
  const project = join(folder, 'project')
  let packed: Packed

  beforeAll(() => {
    packed = packInto(folder)
    installInto(project, packed)
    writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module" }')
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds a module for each door, the declarations of every source file, the pages, and nothing else', () => {
    const built = [...sources().map(path => `dist/${path}.d.ts`), ...modules]
    const pages = readdirSync(join(root, 'docs')).map(name => `docs/${name}`)
    const changelog = existsSync(join(root, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : []
    const expected = [...built, ...pages, ...changelog, 'LICENSE', 'README.md', 'package.json']
    expect(filesBelow(packed.folder).filter(path => !/^dist\/[\w-]+-[A-Z0-9]{8}\.js$/.test(path))).toEqual(expected.sort())
  })

  it('is small', () => {
    expect(statSync(packed.tarball).size).toBeLessThan(400_000)
  })

  it('refers to no source map', () => {
    expect(filesBelow(packed.folder).filter(path => contents(path).includes('sourceMappingURL'))).toEqual([])
  })

  it('imports its dependencies, all of them, and no other package', () => {
    const names = filesBelow(packed.folder)
      .filter(path => /\.(js|d\.ts)$/.test(path))
      .flatMap(path =>
        [...contents(path).matchAll(/(?:\bfrom |\bimport |\bimport\()['"]([^.'"][^'"]*)['"]/g)].map(([, name]) => name)
      )
      .filter(name => !builtinModules.includes(name.replace('node:', '')))
    expect([...new Set(names)].sort()).toEqual([...dependencyNames].sort())
  })

  it('has classes by the names they are exported under: bundling renames what collides', () => {
    const program = `
      for (const door of ${JSON.stringify(doors)})
        for (const [name, value] of Object.entries(await import(door)))
          if (/^class\\b/.test(typeof value === 'function' && Function.prototype.toString.call(value)) && value.name !== name) console.log(name, value.name)`
    expect(node(['--input-type=module', '-e', program])).toEqual({ stdout: '', stderr: '' })
  })

  it('has a door for each extension', () => {
    const extensions = readdirSync(join(root, 'playhouse')).map(name => `pewit/playhouse/${name.replace(/\.ts$/, '')}`)
    expect(doors).toEqual(expect.arrayContaining(extensions))
  })

  it.each(doors)('opens %s to import and to require, with the same classes and without a warning', door => {
    const program = `
      import { createRequire } from 'node:module'
      const imported = await import('${door}')
      const required = createRequire(import.meta.url)('${door}')
      const names = Object.keys(imported)
      console.log(names.length > 0 && names.every(name => imported[name] === required[name]))`
    expect(node(['--input-type=module', '-e', program])).toEqual({ stdout: 'true\n', stderr: '' })
  })

  it('can be required first', () => {
    const program = "const { Model } = require('pewit'); import('pewit').then(pewit => console.log(pewit.Model === Model))"
    expect(node(['--input-type=commonjs', '-e', program])).toEqual({ stdout: 'true\n', stderr: '' })
  })

  it.each(['pewit/dist/lib/index.js', 'pewit/lib/errors', 'pewit/playhouse/cockroachdb/dialect', 'pewit/playhouse'])(
    'keeps %s closed',
    inside => {
      const program = `import('${inside}').catch(error => console.log(error.code))`
      expect(node(['-e', program]).stdout).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n')
    }
  )

  it('gives publint nothing to say', () => {
    expect(tool('publint/src/cli.js', 'run', packed.tarball, '--strict')).toMatch(/All good!\s*$/)
  })

  // For ESM alone: what attw says of require() is from before Node could require ESM, which is shown above.
  it('resolves with its types, as attw sees it', () => {
    const report = tool('@arethetypeswrong/cli/dist/index.js', packed.tarball, '--profile', 'esm-only')
    expect([...report.matchAll(/^"(.+)"$/gm)].map(([, door]) => door)).toEqual([...doors, 'pewit/package.json'])
  })

  function contents(path: string): string {
    return readFileSync(join(packed.folder, path), 'utf8')
  }

  function node(args: readonly string[]) {
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' })
    return { stdout, stderr }
  }

  function tool(path: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', path), ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' }
    })
    if (status !== 0) throw new Error(stdout + stderr)
    return stdout
  }
})

/** The source files of the package, without their ending. */
function sources(): string[] {
  return ['lib', 'fields', 'playhouse'].flatMap(folder =>
    filesBelow(join(root, folder)).map(path => `${folder}/${path.replace(/\.ts$/, '')}`)
  )
}
