import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { load } from '../../examples/blog/load.js'
import { Post, User } from '../../examples/blog/models.js'
import { report } from '../../examples/blog/report.js'
import { databaseFor } from '../helpers/databases.js'
import { known } from '../helpers/handover.js'
import { eachServer } from '../helpers/live.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What Robin sees. The numbers of queries hold for any number of posts and users. */
const ROBIN = `
The timeline of Robin Redwaistcoat (3 queries)
  @owl: The barn is full of #voles and I am not telling where.
      liked by kestrel; tags: voles
  @magpie: Found: the other spoon. #shiny #treasure
      liked by robin, starling; tags: shiny, treasure
  @wren: Nine grams, ninety decibels. #dawnchorus
      liked by finch, magpie, owl, puffin, robin; tags: dawnchorus
  @owl: Good morning. #nightshift
      liked by kestrel, robin; tags: nightshift
  @magpie: Found: one spoon. The owner need not apply. #shiny
      liked by –; tags: shiny

Most used tags (1 query)
  #shiny in 3 posts
  #dawnchorus in 2 posts
  #fish in 2 posts

Who to follow (1 query)
  @kestrel, followed by 3 of yours
  @puffin, followed by 2 of yours
  @finch, followed by 1 of yours
  @heron, followed by 1 of yours
  @starling, followed by 1 of yours

The timeline with @kestrel (3 queries)
  @owl: The barn is full of #voles and I am not telling where.
  @kestrel: Wind from the west, not a feather to move. #hovering
  @magpie: Found: the other spoon. #shiny #treasure
  @kestrel: The verge of the motorway is underrated. #hovering #voles
  @wren: Nine grams, ninety decibels. #dawnchorus

Everybody (4 queries)
  @coot: followers 0, newest posts 0, their likes 0
  @finch: followers 2, newest posts 1, their likes 3
  @heron: followers 2, newest posts 2, their likes 3
  @kestrel: followers 5, newest posts 2, their likes 1
  @magpie: followers 3, newest posts 2, their likes 2
  @owl: followers 2, newest posts 2, their likes 3
  @puffin: followers 3, newest posts 1, their likes 4
  @robin: followers 3, newest posts 2, their likes 4
  @starling: followers 2, newest posts 1, their likes 4
  @wren: followers 4, newest posts 2, their likes 7

Authors, awaited post by post (2 queries)
  @finch: 1
  @heron: 2
  @kestrel: 2
  @magpie: 2
  @owl: 3
  @puffin: 1
  @robin: 2
  @starling: 1
  @wren: 2`

eachServer('the blog', live => {
  const db = databaseFor(live)
  beforeAll(() => load(db), 60_000)
  afterAll(() => db.close())

  const linesFor = async (handle: string) => {
    const lines: string[] = []
    for await (const line of report(db, handle)) lines.push(line)
    return lines.join('\n')
  }

  it('shows a user what they see, with few queries', async () => {
    expect(await linesFor('robin')).toBe(ROBIN)
  })

  it('shows somebody who follows nobody an empty timeline', async () => {
    expect(await linesFor('coot')).toMatch(
      /The timeline of Coot Reedmace \(1 query\)\n\nMost used tags .*Who to follow \(1 query\)\n\nThe timeline with nobody else/s
    )
  })

  it('takes as many queries for a hundred times as much', async () => {
    const counts = (text: string) => text.match(/\(\d+ quer(y|ies)\)/g)
    const author = await User.get({ handle: 'owl' })
    const at = new Date('2024-04-01T00:00:00Z')
    await Post.insertMany(Array.from({ length: 1600 }, (_, i) => ({ author, at, text: `Hoot ${i}` })))
    expect(counts(await linesFor('finch'))).toEqual(counts(ROBIN))
  })

  it('knows no strangers', async () => {
    await expect(linesFor('dodo')).rejects.toBeInstanceOf(User.DoesNotExist)
  })
})

describe('the blog as a command', () => {
  it('says where it works, and what a user sees', async () => {
    const servers = { COCKROACH_URL: known('cockroachdb')?.url ?? '', POSTGRES_URL: known('postgresql')?.url ?? '' }
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/blog/main.ts'], {
      cwd: root,
      env: { ...process.env, ...servers }
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    const [code] = await once(child, 'close')
    expect(output).toMatch(/^Server: .*(PostgreSQL|CockroachDB|cockroach) v?\d/)
    expect(output.slice(output.indexOf('\n') + 1)).toBe(`${ROBIN}\n`)
    expect(code).toBe(0)
  }, 60_000)
})
