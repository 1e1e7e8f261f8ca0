import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eachServer } from './helpers/live.js'
import { installInto, packInto } from './helpers/packed.js'
import {
  type Build,
  compilerOptions,
  configure,
  declarationsOf,
  type Output,
  runNode,
  runTsc,
  type Settings,
  type Toolchain,
  type TypeScript,
  toolchains,
  twoAtATime,
  versions
} from './helpers/toolchains.js'

/** A project that uses the packed package does the same whatever compiled it. Its sources are in spec/toolchains. */

const folder = mkdtempSync(join(tmpdir(), 'pewit-toolchains-'))
const project = join(folder, 'project')
const builds = toolchains.flatMap(toolchain => toolchain.builds)
const byName = <T extends { readonly name: string }>(items: readonly T[]) => items.map(item => [item.name, item] as const)

/** What the compilers had to say. */
let complaints: ReadonlyMap<Toolchain, string>

beforeAll(async () => {
  installInto(project, packInto(folder), ['@types/node'])
  cpSync(join(__dirname, 'toolchains'), join(project, 'src'), { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module" }')
  complaints = await twoAtATime(toolchains, toolchain => toolchain.compile(project))
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each(byName(toolchains))('%s compiles the project without complaint', (_, toolchain) => {
  expect(complaints.get(toolchain)).toBe('')
})

/** What the project prints. */
interface Report {
  readonly instances: { readonly user: readonly string[]; readonly relationsAreColumns: readonly boolean[] }
  readonly refusals: object
  readonly server: unknown
}

describe('the project', () => {
  let printed: ReadonlyMap<Build, Output>
  let first: Report

  beforeAll(async () => {
    // Its files import each other in a circle, which is entered from the other side below.
    printed = await twoAtATime(builds, build => runNode(build.run(project, 'reversed'), project))
    first = reportOf(printed.get(builds[0]))
  }, 120_000)

  it.each(byName(builds))('does the same when compiled by %s', (_, build) => {
    expect(reportOf(printed.get(build))).toEqual({ ...first, refusals: refusals(build.settings) })
  })

  it('has no columns for relations', () => {
    expect(first.instances.relationsAreColumns).toEqual([false, false])
  })

  it('has its columns in order, its defaults and its data', () => {
    expect(first.instances.user).toEqual([
      'id: undefined',
      'createdAt: "1970-01-01T00:00:00.000Z"',
      'username: "huey"',
      'role: "member"',
      'lives: 3',
      'age: 5',
      'balance: 0 cents'
    ])
  })
})

eachServer('the project', live => {
  it.each(byName(builds))('works when compiled by %s', async (_, build) => {
    const env = { DATABASE_URL: live.url, DATABASE_KIND: live.name }
    const { server } = reportOf(await runNode(build.run(project, 'main'), project, env))
    expect(server).toEqual({
      rows: [
        ['meow huey', ['new'], { theme: 'dark' }, '1970-01-01T00:00:00.001Z', 'huey'],
        ['purr', [], { theme: 'dark' }, '1970-01-01T00:00:00.002Z', 'huey']
      ],
      huey: ['member', 3, 5, '1250', 'kitten'],
      changed: [['age'], 1, 0],
      relations: ['huey', true, 1],
      liked: ['purr']
    })
  })
})

/** Code that must not compile, and what the compiler must say of it: both types, or the name that is meant. */
const mistakes: readonly { readonly name: string; readonly code: string; readonly says: readonly RegExp[] }[] = [
  {
    name: 'a property of another type',
    code: 'export class A extends Model { @IntegerField() age!: string }',
    says: [/Pewit: the field gives/, /\bnumber\b/, /but the property is/, /\bstring\b/]
  },
  {
    name: 'a nullable field on a property without null',
    code: 'export class A extends Model { @TextField({ null: true }) note!: string }',
    says: [/Pewit: the field gives'?: string \| null/, /but the property is'?: string\b/]
  },
  {
    name: 'a field without null on a nullable property',
    code: 'export class A extends Model { @TextField() note!: string | null }',
    says: [/Pewit: the field gives'?: string\b/, /but the property is'?: string \| null/]
  },
  {
    name: 'a property that may be absent',
    code: 'export class A extends Model { @TextField() note?: string }',
    says: [/a field is never absent; write `!:` instead of `\?:`/]
  },
  {
    name: 'an unknown column',
    code: "export const query = User.select().where(user => user.usernmae.eq('x'))",
    says: [/'usernmae'/, /'username'/]
  },
  {
    name: 'an unknown property in data',
    code: "export const user = User.new({ usernmae: 'x' })",
    says: [/usernmae/, /\bUser\b/]
  },
  {
    name: 'a value of another type',
    code: "export const query = User.select().where(user => user.lives.eq('nine'))",
    says: [/"nine"/, /\bnumber\b/]
  },
  {
    name: 'a column of a reference that is not loaded',
    code: 'export const name = (tweet: Tweet) => tweet.user.username',
    says: [/'username'/, /\bLazyRef<User>/]
  }
]

/** A second project, which has only the declarations of the first one, and resolves packages as bundlers do. */
describe.each(versions)('the declarations of the project, to TypeScript %s', version => {
  let messages: readonly string[]

  beforeAll(async () => {
    const place = join(project, `using-${version}`)
    plant(place, version)
    const options = { ...compilerOptions({ define: true, metadata: false }), module: 'ESNext', moduleResolution: 'bundler' }
    const config = configure(place, 'tsconfig.json', { ...options, noEmit: true, rootDir: '..' }, ['*.ts'])
    // A message's further lines are indented.
    messages = (await runTsc(version, ['-p', config], place)).trim().split(/\r?\n(?=\S)/)
  }, 120_000)

  it.each(byName(mistakes))('refuse %s, in words that help', (_, mistake) => {
    const said = messages.filter(message => message.startsWith(`${fileOf(mistake)}(`)).join('\n')
    for (const words of mistake.says) expect(said).toMatch(words)
  })

  it('are without a mistake of their own, and tell the right types', () => {
    const files = mistakes.map(fileOf)
    expect(messages.filter(message => !files.some(file => message.startsWith(`${file}(`)))).toEqual([])
  })
})

/** Writes the mistakes, and the proofs of types with the declarations in place of the sources. */
function plant(place: string, version: TypeScript): void {
  const library = `../${declarationsOf(version)}`
  const proofs = readFileSync(join(project, 'src/types.ts'), 'utf8').replaceAll("'./", `'${library}/`)
  const imports = `import { IntegerField, Model, TextField } from 'pewit'
import { Tweet } from '${library}/tweet.js'
import { User } from '${library}/user.js'
export const used = [IntegerField, Model, TextField, Tweet, User]
`
  mkdirSync(place)
  writeFileSync(join(place, 'proofs.ts'), proofs)
  for (const mistake of mistakes) writeFileSync(join(place, fileOf(mistake)), imports + mistake.code)
}

function fileOf({ name }: { readonly name: string }): string {
  return `${name.replaceAll(' ', '-')}.ts`
}

function reportOf(output: Output | undefined): Report {
  if (!output?.stdout || output.stderr) throw new Error(output?.stderr || 'The project printed nothing')
  return JSON.parse(output.stdout) as Report
}

/** What the settings decide: a field hides an accessor where fields are defined, and types are compared where they are emitted. */
function refusals({ define, metadata }: Settings): object {
  return {
    shadowedAccessor: define ? 'MODEL_DEFINITION' : 'no error: a key',
    contradictingType: metadata ? 'MODEL_DEFINITION' : 'no error: text',
    inferredField: metadata ? 'no error: bool' : 'MODEL_DEFINITION',
    sameColumn: 'MODEL_DEFINITION'
  }
}
