import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the pages tell readers to type must be there. */

const root = join(__dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'changes/README.md',
  ...readdirSync(join(root, 'docs')).map(name => `docs/${name}`)
]

/** What stands in the first group, wherever the pattern occurs in the pages. */
function named(pattern: RegExp): string[] {
  return [...new Set(pages.flatMap(page => [...read(page).matchAll(pattern)].map(([, name]) => name)))]
}

describe('the commands on the pages', () => {
  it('are scripts of package.json', () => {
    const names = named(/\bnpm run ([\w:-]+)/g)
    expect(names).toEqual(expect.arrayContaining(['build', 'quickstart', 'test:cockroach']))
    expect(names.filter(name => !(name in scripts))).toEqual([])
  })

  it('run files that exist', () => {
    const files = named(/\b(?:npx (?:jest|tsx)|node) ([\w./-]+\.\w+)/g)
    expect(files).toEqual(expect.arrayContaining(['bench/compile.ts', 'spec/live/select.spec.ts']))
    expect(files.filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  it('are run by the scripts from files that exist', () => {
    const files = Object.values(scripts).flatMap(script => script.match(/\b[\w-]+(?:\/[\w-]+)*\/[\w.-]+\.\w+/g) ?? [])
    expect(files).toContain('bench/main.ts')
    expect(files.filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('the links of the pages', () => {
  it.each(pages)('%s links to what exists', page => {
    const links = [...read(page).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, path]) => path)
    expect(links.filter(path => !existsSync(join(root, page, '..', path)))).toEqual([])
  })
})
