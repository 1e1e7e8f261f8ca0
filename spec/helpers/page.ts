import ts from 'typescript'
import type { LiveServer } from './live.js'

/** A fenced block. */
export interface Block {
  readonly language: string
  /** The kind of server that stands behind the language. */
  readonly server: string
  /** The version from which on it holds, as `22.1`; 0 for all. */
  readonly since: number
  readonly text: string
  /** Where its text starts in the page. */
  readonly line: number
}

/** What a page asks of the server it is run on. */
export type PageServer = Pick<LiveServer, 'name' | 'version'>

/** What a page's program calls while it runs. */
export interface Checks {
  /** The database that the page speaks of. */
  database<T>(): T
  equal(line: number, actual: unknown, expected: unknown): void
  throws(line: number, work: () => unknown, expected: string): Promise<void>
  /** Ends a block; `sent` are the statements that the page says it sent, if it says any. */
  end(line: number, sent?: readonly string[]): void
}

/** The fenced blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  for (const match of markdown.matchAll(/^```(\w+)(?: (\w+))?(?: v([\d.]+))?\n([\s\S]*?)^```$/gm)) {
    const line = markdown.slice(0, match.index).split('\n').length + 1
    const [, language = '', server = '', since = '0', text = ''] = match
    blocks.push({ language, server, since: Number(since), text, line })
  }
  return blocks
}

/**
 * A page of the documentation as a module, whose `run` takes the {@link Checks}. Its `ts` blocks follow one another in one scope; what they claim is checked:
 *
 * - `expression // → value` and `const x = … // → value`: the result equals the value
 * - `statement // throws UniqueViolation: part of the message`
 * - a `sql` block behind a `ts` block: these are the statements that the block sent, apart from BEGIN, COMMIT and their like
 *   unless it lists one of them;
 *   `sql postgresql` and `sql cockroachdb` hold for that kind of server alone
 * - a `ts postgresql` block is run on that kind of server alone, a `ts cockroachdb v22.1` block from that version on; without a
 *   server, to be compiled, all blocks are there
 */
export function programOf(blocks: readonly Block[], server?: PageServer): string {
  const imports: string[] = []
  const body: string[] = []
  blocks.forEach((block, i) => {
    if (block.language !== 'ts' || !isFor(block, server)) return
    const { head, text } = checkedBlock(block)
    imports.push(...head)
    const statements = sentBy(blocks.slice(i + 1), server)
    body.push(text, `$.end(${block.line}, ${statements ? JSON.stringify(statements) : 'undefined'})`)
  })
  return [
    ...imports,
    `import type { Checks } from '../../spec/helpers/page.js'`,
    'export async function run($: Checks): Promise<void> {',
    ...body,
    '}'
  ].join('\n')
}

/** Whether a block holds for a server; for none in particular, any block does. */
function isFor({ server: kind, since }: Block, server: PageServer | undefined): boolean {
  if (kind === '' || server === undefined) return true
  return kind === server.name && Number.parseFloat(server.version.replace(/^v/, '')) >= since
}

/** The statements that the `sql` blocks right behind a `ts` block list for a kind of server; `undefined` where there are none. */
function sentBy(following: readonly Block[], server: PageServer | undefined): string[] | undefined {
  const next = following.findIndex(({ language }) => language !== 'sql')
  const listed = following.slice(0, next < 0 ? undefined : next).filter(block => isFor(block, server))
  return listed.length === 0 ? undefined : listed.flatMap(({ text }) => statementsOf(text))
}

/** Statements are separated by semicolons at the end of a line; a line break within one is a space. */
function statementsOf(sql: string): string[] {
  return sql
    .split(/;\n/)
    .map(plain)
    .filter(text => text !== '')
}

/** Whether a statement begins or ends a transaction, or a part of one. */
export function isControl(sql: string): boolean {
  return /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/.test(sql)
}

/** A statement on one line, without comments. */
export function plain(sql: string): string {
  return sql.replace(/--.*$/gm, '').replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')').trim()
}

interface CheckedBlock {
  readonly head: readonly string[]
  readonly text: string
}

/** The block with its imports apart and its claims as calls. */
function checkedBlock({ text, line }: Block): CheckedBlock {
  const file = ts.createSourceFile('block.ts', text, ts.ScriptTarget.ES2022, true)
  const head: string[] = []
  const parts: string[] = []
  const claims = file.statements.filter(statement => claimBehind(statement, text) !== undefined).length
  if (claims !== [...text.matchAll(/\/\/ (→|throws )/g)].length)
    throw new Error(`Line ${line}: the block has a claim that is not behind a statement`)
  for (const statement of file.statements) {
    const source = statement.getText(file).replace(/new (\w+Database)\([^)]*\)/, '$$.database<$1>()')
    if (ts.isImportDeclaration(statement)) head.push(source)
    else parts.push(...checkedStatement(statement, source, text, line + file.getLineAndCharacterOfPosition(statement.end).line))
  }
  return { head, text: parts.join('\n') }
}

function checkedStatement(statement: ts.Statement, source: string, text: string, line: number): string[] {
  const leading = (ts.getLeadingCommentRanges(text, statement.pos) ?? []).map(({ pos, end }) => text.slice(pos, end))
  const expectError = leading.filter(comment => comment.includes('@ts-expect-error'))
  const claim = claimBehind(statement, text)
  if (claim === undefined) return [...expectError, source]
  const throwing = /^throws (.+)$/.exec(claim)
  if (throwing) return [`await $.throws(${line}, async () => {`, ...expectError, source, `}, ${JSON.stringify(throwing[1])})`]
  const expected = claim.slice(1).trim()
  if (ts.isExpressionStatement(statement)) {
    const { expression } = statement
    return [`$.equal(${line}, ${expression.getText()}, ${expected})`]
  }
  if (!ts.isVariableStatement(statement)) throw new Error(`Line ${line}: a result is claimed of what has none`)
  const { name } = statement.declarationList.declarations[0]
  return [source, `$.equal(${line}, ${ts.isIdentifier(name) ? name.text : unpacked(name)}, ${expected})`]
}

/** A pattern as an expression: `[user, created]`, `{ rows }`. */
function unpacked(pattern: ts.BindingPattern): string {
  return pattern.getText()
}

/** What the comment on a statement's last line claims of it. */
function claimBehind(statement: ts.Statement, text: string): string | undefined {
  const [comment] = ts.getTrailingCommentRanges(text, statement.end) ?? []
  const words = comment && text.slice(comment.pos, comment.end).replace(/^\/\/\s*/, '')
  return words?.startsWith('→') || words?.startsWith('throws ') ? words : undefined
}
