import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rule } from './layers.js'

/** What dependency-cruiser found. */
export interface Cruise {
  /** Files that were read. */
  readonly modules: readonly string[]
  /** "rule: from → to", one for each forbidden import. */
  readonly violations: readonly string[]
}

interface Output {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: { readonly violations: readonly Violation[] }
}

interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: { readonly name: string }
  readonly cycle?: readonly { readonly name: string }[]
}

/**
 * The folders' imports held against the rules.
 *
 * In a process of its own: dependency-cruiser is an ES module, which Jest's module system cannot load.
 */
export function cruise(root: string, folders: readonly string[], rules: readonly Rule[]): Cruise {
  const directory = mkdtempSync(join(tmpdir(), 'pewit-cruise-'))
  try {
    const config = join(directory, 'rules.json')
    writeFileSync(config, JSON.stringify({ forbidden: rules, options }))
    return read(run(root, ['--config', config, '--output-type', 'json', ...folders]))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const options = {
  doNotFollow: { path: 'node_modules' },
  tsConfig: { fileName: 'tsconfig.json' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] }
}

function run(root: string, args: readonly string[]): string {
  const script = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs')
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8', maxBuffer: 256 << 20 })
  // Its exit code is the number of violations: only a broken run writes nothing to standard output.
  if (!result.stdout) throw new Error(`dependency-cruiser failed: ${result.stderr}`)
  return result.stdout
}

function read(output: string): Cruise {
  const { modules, summary } = JSON.parse(output) as Output
  return { modules: modules.map(module => module.source), violations: summary.violations.map(describeViolation) }
}

function describeViolation({ rule, from, to, cycle }: Violation): string {
  const path = cycle ? cycle.map(step => step.name).join(' → ') : to
  return `${rule.name}: ${from} → ${path}`
}
