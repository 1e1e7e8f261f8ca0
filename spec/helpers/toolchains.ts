import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transformFile } from '@swc/core'
import { build as bundle } from 'esbuild'

/** The compilers that a project may be written for, with the settings that change what becomes of a class. */

const root = join(__dirname, '../..')

export interface Settings {
  /** Whether class fields are defined, as in JavaScript, or assigned. */
  readonly define: boolean
  /** Whether the types of decorated properties are emitted. */
  readonly metadata: boolean
  readonly commonjs?: true
}

/** What a compiler made of the project in `<project>/src` with one set of settings. */
export interface Build {
  readonly name: string
  readonly settings: Settings
  /** What Node is given to run one of the files, by its name without ending. */
  run(project: string, entry: string): readonly string[]
}

/** A compiler. */
export interface Toolchain {
  readonly name: string
  readonly builds: readonly Build[]
  /** Makes all the builds; gives what the compiler had to say. */
  compile(project: string): Promise<string>
}

/** Each version of TypeScript that users may have, by the package that it is installed as. */
export const compilers = { '5.4': 'typescript-5.4', '6.0': 'typescript', '7.0': 'typescript-7' } as const
export type TypeScript = keyof typeof compilers
export const versions = Object.keys(compilers) as TypeScript[]

const full: Settings = { define: true, metadata: true }
const every: readonly Settings[] = [
  full,
  { define: true, metadata: false },
  { define: false, metadata: true },
  { define: false, metadata: false }
]
const toCommonJS: Settings = { ...full, commonjs: true }

export const toolchains: readonly Toolchain[] = [
  // Slow, and what a setting emits is no matter of versions: the two that differ most.
  tsc('5.4', [full, { define: false, metadata: false }]),
  // Older versions do not let CommonJS import ESM.
  tsc('6.0', [...every, toCommonJS]),
  tsc('7.0', every),
  swc([...every, toCommonJS]),
  // It emits no types of properties.
  tsx(every.filter(({ metadata }) => !metadata)),
  bundler(full)
]

/** The TypeScript compiler. The first settings have the declarations of all packages checked, too. */
function tsc(version: TypeScript, settings: readonly Settings[]): Toolchain {
  return {
    name: `tsc ${version}`,
    builds: settings.map(each => javaScriptBuild(`tsc ${version}`, each)),
    compile: async project => {
      const configurations = settings.map(each => {
        const out = folderOf(`tsc ${version}`, each)
        const options = { ...compilerOptions(each), skipLibCheck: each !== full, outDir: out }
        return configure(placeOf(project, each), `tsconfig.${out}.json`, options, ['src'])
      })
      return runTsc(version, ['-b', ...configurations], project)
    }
  }
}

/** The folder of a project that holds the declarations which a version of the compiler made of it. */
export function declarationsOf(version: TypeScript): string {
  return folderOf(`tsc ${version}`, full)
}

function swc(settings: readonly Settings[]): Toolchain {
  return {
    name: 'swc',
    builds: settings.map(each => javaScriptBuild('swc', each)),
    compile: async project => {
      await Promise.all(settings.map(each => compileWithSwc(placeOf(project, each), folderOf('swc', each), each)))
      return ''
    }
  }
}

async function compileWithSwc(place: string, out: string, { define, metadata, commonjs }: Settings): Promise<void> {
  const files = readdirSync(join(place, 'src')).map(async name => {
    const { code } = await transformFile(join(place, 'src', name), {
      swcrc: false,
      configFile: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: metadata, useDefineForClassFields: define }
      },
      module: { type: commonjs ? 'commonjs' : 'es6' }
    })
    write(join(place, out, name.replace(/ts$/, 'js')), code)
  })
  await Promise.all(files)
}

/** Runs the sources as they are; esbuild compiles them. */
function tsx(settings: readonly Settings[]): Toolchain {
  const program = join(root, 'node_modules/tsx/dist/cli.mjs')
  const configurationOf = (each: Settings) => `tsconfig.${folderOf('tsx', each)}.json`
  return {
    name: 'tsx',
    builds: settings.map(each => ({
      name: nameOf('tsx', each),
      settings: each,
      run: (project, entry) => [
        program,
        ...['--tsconfig', join(project, configurationOf(each))],
        join(project, 'src', `${entry}.ts`)
      ]
    })),
    compile: async project => {
      for (const each of settings) configure(project, configurationOf(each), compilerOptions(each), ['src'])
      return ''
    }
  }
}

/**
 * swc, and then one file of the project and all its packages by esbuild, which drops what the package says is without effect.
 * It is told to keep the names of classes: they become names of tables.
 */
function bundler(settings: Settings): Toolchain {
  const name = 'swc and a bundle'
  const [out, compiled] = [folderOf(name, settings), folderOf('to be bundled', settings)]
  return {
    name,
    builds: [{ ...javaScriptBuild(name, settings), run: (project, entry) => [join(project, out, `${entry}.cjs`)] }],
    compile: async project => {
      await compileWithSwc(project, compiled, settings)
      const { warnings } = await bundle({
        entryPoints: ['main', 'reversed'].map(entry => join(project, compiled, `${entry}.js`)),
        outdir: join(project, out),
        outExtension: { '.js': '.cjs' },
        bundle: true,
        keepNames: true,
        platform: 'node',
        format: 'cjs',
        logLevel: 'silent'
      })
      return warnings.map(({ text }) => text).join('\n')
    }
  }
}

/** Runs one version of the TypeScript compiler; gives its complaints. */
export async function runTsc(version: TypeScript, args: readonly string[], cwd: string): Promise<string> {
  return (await runNode([join(root, 'node_modules', compilers[version], 'bin/tsc'), ...args], cwd)).stdout
}

/** What a process printed. */
export interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node; gives what it printed, whatever its exit code. */
export function runNode(args: readonly string[], cwd: string, env: object = {}): Promise<Output> {
  return new Promise(resolve => {
    execFile(process.execPath, args, { cwd, env: { ...process.env, ...env } }, (_, stdout, stderr) => resolve({ stdout, stderr }))
  })
}

/** Does the work for each item, two at a time; gives the results by item. */
export async function twoAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<Map<T, R>> {
  const results = new Map<T, R>()
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) results.set(item, await work(item))
  }
  await Promise.all([worker(), worker()])
  return results
}

/** Writes a configuration of the TypeScript compiler; gives its path. */
export function configure(folder: string, name: string, compilerOptions: object, include: readonly string[]): string {
  const path = join(folder, name)
  write(path, JSON.stringify({ compilerOptions, include }))
  return path
}

export function compilerOptions({ define, metadata }: Settings): object {
  return {
    target: 'ES2022',
    lib: ['ES2022'],
    module: 'NodeNext',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: metadata,
    useDefineForClassFields: define,
    declaration: true,
    rootDir: 'src',
    types: ['node']
  }
}

function javaScriptBuild(tool: string, settings: Settings): Build {
  const out = folderOf(tool, settings)
  return {
    name: nameOf(tool, settings),
    settings,
    run: (project, entry) => [join(placeOf(project, settings), out, `${entry}.js`)]
  }
}

/** Where a project's sources are: for CommonJS, a copy in a folder that says so. */
function placeOf(project: string, { commonjs }: Settings): string {
  if (!commonjs) return project
  const place = join(project, 'commonjs')
  cpSync(join(project, 'src'), join(place, 'src'), { recursive: true })
  write(join(place, 'package.json'), '{ "type": "commonjs" }')
  return place
}

function folderOf(tool: string, { define, metadata }: Settings): string {
  return `${tool.replaceAll(' ', '-')}-${define ? 'define' : 'assign'}${metadata ? '-metadata' : ''}`
}

function nameOf(tool: string, { define, metadata, commonjs }: Settings): string {
  const fields = define ? 'fields defined' : 'fields assigned'
  return `${tool}${commonjs ? ' to CommonJS' : ''}, ${fields}, ${metadata ? 'with' : 'without'} metadata`
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
