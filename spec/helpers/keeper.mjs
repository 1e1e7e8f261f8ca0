/**
 * Keeps one server running for exactly as long as the process that asked for it.
 *
 * `node keeper.mjs '{"steps":[…],"directory":…}'` runs the steps one after the other; the last is the server. When standard
 * input ends (the starter asked for a stop, exited, was interrupted or was killed) the server is stopped and its directory
 * deleted. So the starter needs no signal or exit handler, and no way of ending it leaves a server behind.
 */
import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'

const job = JSON.parse(process.argv[2])
let running
let stopping = false

function run(step) {
  return new Promise((resolve, reject) => {
    running = spawn(step.command, step.args, {
      cwd: job.directory,
      uid: job.uid,
      gid: job.gid,
      env: { ...process.env, ...job.env },
      stdio: ['ignore', 'inherit', 'inherit'],
      windowsHide: true
    })
    running.once('error', reject)
    running.once('exit', resolve)
  })
}

function end(child, signal) {
  // Windows has no signals: killing the parent process alone would leave its workers holding the files.
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(child.pid), '/f', '/t'], { windowsHide: true })
  else child.kill(signal)
}

function stop() {
  if (stopping) return
  stopping = true
  if (!running?.pid) return
  end(running, job.signal)
  setTimeout(() => end(running, 'SIGKILL'), 8_000).unref()
}

process.stdin.on('end', stop).on('error', stop).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)

let failed = false
for (const step of job.steps) {
  if (stopping) break
  const code = await run(step).catch(error => console.error(error) ?? 1)
  failed = code !== 0
  if (failed) break
}

// A server that ended by itself leaves its log, which the starter reads and deletes.
if (stopping) rmSync(job.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
process.exit(stopping || !failed ? 0 : 1)
