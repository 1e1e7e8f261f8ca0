import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brokenRules, brokenTree } from './helpers/broken-tree.js'
import { cruise } from './helpers/cruise.js'
import { doors, foundations, layers, rules } from './helpers/layers.js'

const root = join(__dirname, '..')
const folders = ['lib', 'fields', 'playhouse']

describe('the architecture', () => {
  it('has no import against the layers, and no cycle', () => {
    const { modules, violations } = cruise(
      root,
      folders.filter(folder => files(folder).length > 0),
      rules()
    )
    expect(violations).toEqual([])
    expect(modules).toEqual(expect.arrayContaining(folders.flatMap(files)))
  })

  it('gives every file of lib a layer', () => {
    const places = [...layers.map(layer => `${layer.folder}/`), ...foundations, ...doors]
    expect(files('lib').filter(file => !places.some(place => file.startsWith(place)))).toEqual([])
  })

  it('names no second database in lib', () => {
    expect(files('lib').filter(file => /cockroach/i.test(file + readFileSync(join(root, file), 'utf8')))).toEqual([])
  })

  it('is held to rules that find what breaks them, type imports included', () => {
    const tree = mkdtempSync(join(tmpdir(), 'pewit-layers-'))
    try {
      plant(tree)
      const { violations } = cruise(tree, folders, rules())
      expect(violations.map(violation => violation.replace(/\S*node_modules/, 'node_modules')).sort()).toEqual(brokenRules)
    } finally {
      rmSync(tree, { recursive: true, force: true })
    }
  })
})

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map(path => join(folder, path).replaceAll('\\', '/'))
    .filter(path => path.endsWith('.ts'))
}

function plant(tree: string): void {
  for (const [path, text] of Object.entries(brokenTree)) write(join(tree, path), text)
  write(join(tree, 'tsconfig.json'), '{ "compilerOptions": { "module": "NodeNext", "moduleResolution": "NodeNext" } }')
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'), 'junction')
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${text}\n`)
}
