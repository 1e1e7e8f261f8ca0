/**
 * Prints how many type instantiations the example costs above the baseline, and fails where that passes the budget.
 * Both are checked against the declarations that users get: `npx tsx bench/types/measure.ts`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BUDGET = 25_000
const root = join(import.meta.dirname, '../..')
const compiler = process.argv[2] ?? join(root, 'node_modules/typescript/bin/tsc')

/** What the compiler counted for one file. */
interface Cost {
  readonly instantiations: number
  readonly types: number
  readonly seconds: number
}

const folder = mkdtempSync(join(tmpdir(), 'pewit-types-'))
try {
  emitDeclarations()
  const baseline = costOf('baseline')
  const example = costOf('example')
  const above = example.instantiations - baseline.instantiations
  console.log('baseline', baseline)
  console.log('example ', example)
  console.log(`${above} instantiations above the baseline, of ${BUDGET}`)
  if (above > BUDGET) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function emitDeclarations(): void {
  // Its own errors do not count here: they show in the type check.
  run(['-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--noCheck', '--outDir', join(folder, 'dist')])
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
}

function costOf(name: string): Cost {
  const config = join(folder, `tsconfig.${name}.json`)
  const paths = {
    pewit: ['./dist/lib/index.d.ts'],
    'pewit/playhouse/cockroachdb': ['./dist/playhouse/cockroachdb/index.d.ts']
  }
  const options = { paths, types: ['node'], typeRoots: [join(root, 'node_modules/@types')], declaration: false }
  const file = join(root, 'bench/types', `${name}.ts`)
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: options, include: [], files: [file] })
  )
  const { ok, report } = run(['-p', config, '--extendedDiagnostics'])
  if (!ok) throw new Error(report)
  const count = (label: string) => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(report)?.[1])
  return { instantiations: count('Instantiations'), types: count('Types'), seconds: count('Check time') }
}

function run(args: readonly string[]): { readonly ok: boolean; readonly report: string } {
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...args], { encoding: 'utf8' })
  return { ok: status === 0, report: stdout }
}
