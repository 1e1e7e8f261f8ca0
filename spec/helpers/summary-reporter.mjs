/**
 * Prints, after everything else, which servers the live specs ran on, how many were skipped for lack of one, and as the last
 * line the counts. (Plain JavaScript: Jest loads reporters without transforming them.)
 */
const servers = [
  { name: 'postgresql', variable: 'PEWIT_POSTGRES' },
  { name: 'cockroachdb', variable: 'PEWIT_COCKROACH' }
]

export default class SummaryReporter {
  #report

  constructor(config) {
    // With --json, standard output is Jest's alone.
    const stream = config.json ? process.stderr : process.stdout
    // At exit, because Jest prints its own summary after every other reporter's.
    process.once('exit', () => this.#report && stream.write(`\n${this.#report}\n`))
  }

  onRunComplete(_contexts, results) {
    const lines = servers.map(server => describeServer(server, results)).filter(Boolean)
    const skipped = results.numPendingTests + results.numTodoTests
    // A spec file that cannot be loaded has no specs that could fail.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    lines.push(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`)
    this.#report = lines.join('\n')
  }
}

function describeServer({ name, variable }, results) {
  if (process.env[variable]) return `${name}: ${JSON.parse(process.env[variable]).how}`
  const skipped = countSkipped(name, results)
  return skipped > 0 ? `${name}: none found, ${skipped} specs skipped` : undefined
}

function countSkipped(name, results) {
  return results.testResults
    .flatMap(file => file.testResults)
    .filter(spec => spec.status === 'pending' && spec.ancestorTitles.some(title => title.endsWith(` on ${name}`))).length
}
