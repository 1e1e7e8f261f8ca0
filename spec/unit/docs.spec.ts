import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

describe('links', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map(file => `docs/${file}`)]

  it.each(pages.filter(page => page.endsWith('.md')))('of %s lead to pages and headings that exist', page => {
    const text = read(page).replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path = '', heading]) => ({
      path: path === '' ? page : join(dirname(page), path),
      heading
    }))
    const lost = links.filter(
      ({ path, heading }) => !existsSync(join(root, path)) || (heading && !slugs(read(path)).includes(heading))
    )
    expect(lost).toEqual([])
  })

  it('are found', () => expect(slugs('## A *first* `model`, or two')).toEqual(['a-first-model-or-two']))
})

/** What headings are called in links. */
function slugs(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-')
  )
}

/** The TypeScript files below a folder. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => `${folder}/${path}`)
}
