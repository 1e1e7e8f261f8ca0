import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eachServer } from '../helpers/live.js'

const root = join(__dirname, '../..')

eachServer('the example of the README', live => {
  const folder = join(root, '.tmp', `readme-${live.name}`)
  beforeAll(() => mkdir(folder, { recursive: true }))
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('prints what the README says it prints', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
    const [, printed] = /It prints `([^`]+)`/.exec(readme) ?? []
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(30)
    await writeFile(join(folder, 'example.ts'), live.name === 'cockroachdb' ? example : onPostgresql(example))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', join(folder, 'example.ts')], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: live.url, TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') }
    })
    expect(stdout.trim()).toBe(printed)
  })
})

/** The example as the README says it is for PostgreSQL. */
function onPostgresql(example: string): string {
  return example
    .replace('import { CockroachDatabase, UUIDKeyField }', 'import { PostgresqlDatabase } from "pewit"\nimport { UUIDKeyField }')
    .replace('new CockroachDatabase', 'new PostgresqlDatabase')
}
