import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Users' libraries export models and queries: the compiler must be able to name every type that it infers of them. */

const root = join(__dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'pewit-declarations-'))
const options = {
  target: 'ES2022',
  lib: ['ES2023', 'ESNext.Disposable'],
  module: 'NodeNext',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  declaration: true,
  emitDeclarationOnly: true,
  skipLibCheck: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'out'
}

function compile(...args: string[]): string {
  const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], {
    cwd: folder,
    encoding: 'utf8'
  })
  return stdout
}

function configure(name: string, files: readonly string[], changed: object = {}): void {
  writeFileSync(join(folder, name), JSON.stringify({ compilerOptions: { ...options, ...changed }, files }))
}

/** The package as users have it: nothing can be imported but its doors. */
function installPackage(): void {
  const home = join(folder, 'node_modules/pewit')
  mkdirSync(home, { recursive: true })
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'))
  for (const name of ['@types', 'reflect-metadata', 'class-validator', 'postgres'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
  // Its own errors do not count here: they show in the type check.
  compile('-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--noCheck', '--outDir', join(home, 'dist'))
}

describe('the declarations of a library made with Pewit', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "type": "module" }')
    cpSync(join(root, 'spec/types/consumer'), join(folder, 'src'), { recursive: true })
    installPackage()
    configure('tsconfig.json', ['src/models.ts', 'src/queries.ts'])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('can be written, and compile', () => {
    expect(compile()).toBe('')
    configure('tsconfig.out.json', ['out/src/models.d.ts', 'out/src/queries.d.ts'], { skipLibCheck: false, noEmit: true })
    const complaints = compile('-p', 'tsconfig.out.json').split('\n')
    expect(complaints.filter(line => line.startsWith('out/') || line.includes('node_modules/pewit/'))).toEqual([])
  })

  it('name what was inferred, and do not fall back to any', () => {
    const text = readFileSync(join(folder, 'out/src/queries.d.ts'), 'utf8')
    expect(text).toMatch(/^export declare const joined: .*Select<Tweet, \[Tweet, User\], Tweet & \{\n\s+user: User;\n\}/m)
    expect(text.match(/: any\b/g)).toBeNull()
  })
})
