import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODES } from 'pewit'

const root = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('docs/errors.md', () => {
  it('lists every code with its meaning, and no other', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \| `\w+` \| (.+) \|$/gm)].map(([, code, text]) => [
      code,
      text
    ])
    expect(Object.fromEntries(rows)).toEqual(CODES)
  })
})

describe('docs/architecture.md', () => {
  const page = read('docs/architecture.md')

  it('names every source file', () => {
    const missing = ['lib', 'fields', 'playhouse']
      .flatMap(sources)
      .filter(path => !['`', '/'].some(before => page.includes(`${before}${path.split('/').at(-1)}\``)))
    expect(missing).toEqual([])
  })

  it('names no file that does not exist', () => {
    const named = [...page.matchAll(/`((?:lib|fields|playhouse|spec|examples|bench|docs|changes)\/[\w./-]+)`/g)].map(
      ([, path]) => path
    )
    expect(named.filter(path => !existsSync(join(root, path)))).toEqual([])
    const files = [...page.matchAll(/`([\w-]+\.ts)`/g)].map(([, name]) => name)
    const known = new Set(
      ['lib', 'fields', 'playhouse', 'spec', 'examples', 'bench'].flatMap(sources).map(path => path.split('/').at(-1))
    )
    expect(files.filter(name => !known.has(name))).toEqual([])
  })
})

describe('README.md', () => {
  it('links to pages that exist', () => {
    const links = [...read('README.md').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path)
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

/** The TypeScript files below a folder. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => `${folder}/${path}`)
}
