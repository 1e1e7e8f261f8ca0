import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * Prints how long importing the built package takes beyond importing its driver, in milliseconds, each in processes of its
 * own that take turns: `npm run build && npx tsx bench/import.ts`. Exits with 1 above the budget, which may be given as an
 * argument: 60 unless given. What the first connection loads, the driver among it, is shown apart.
 */
const BUDGET = Number(process.argv[2] ?? 60)
const ROUNDS = 40

const root = join(import.meta.dirname, '..')
const [driver, pewit, connected] = interleavedImports([['postgres'], ['pewit'], ['pewit', 'postgres']])
const beyond = pewit - driver
console.log(
  `import of the driver ${driver.toFixed(1)} ms · of pewit ${pewit.toFixed(1)} ms · beyond the driver's ${beyond.toFixed(1)} ms ` +
    `(${beyond <= BUDGET ? 'within' : 'OVER'} ${BUDGET}) · with what connecting loads ${connected.toFixed(1)} ms`
)
process.exitCode = beyond <= BUDGET ? 0 : 1

/** The median time of each list of modules. */
function interleavedImports(lists: readonly (readonly string[])[]): number[] {
  const times = lists.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, modules] of lists.entries()) times[i].push(importTime(modules))
  }
  return times.map(each => each.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)])
}

function importTime(modules: readonly string[]): number {
  const imports = modules.map(name => `await import('${name}')`).join(';')
  const program = `const started = performance.now(); ${imports}; console.log(performance.now() - started)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' }))
}
