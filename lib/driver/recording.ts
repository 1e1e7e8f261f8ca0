import { ConnectionLost, InterfaceError } from '../errors.js'
import type { Driver, DriverFactory, RawResult, TransactionConnection, WireStatement } from './driver.js'

/** A statement that a recording driver was given. */
export interface RecordedStatement {
  readonly on: 'plain' | 'transaction'
  /** 0 for plain statements; 1 for the first connection that was acquired, 2 for the second, and so on. */
  readonly connection: number
  readonly text: string
  readonly params: readonly (string | null)[]
}

/** What to answer: parts of a result, an error to reject with, or `undefined` for no rows. */
export type Answers = (statement: RecordedStatement) => Partial<RawResult> | Error | undefined

/** A driver for specs without a server. */
export interface RecordingDriver extends Driver {
  /** Everything that was sent, in order; each statement of a script for itself. */
  readonly statements: readonly RecordedStatement[]
  /** Forgets what was sent. */
  clear(): void
  /** Gives this driver, whatever the options. */
  readonly factory: DriverFactory
}

/**
 * A driver that sends nothing, records what it is given, and answers as told.
 *
 * An answer that is a `ConnectionLost` breaks the transaction connection that gets it.
 *
 * @example
 * const driver = recordingDriver(({ text }) => text.startsWith('SELECT') ? { rows: [['1']] } : undefined)
 */
export function recordingDriver(answers: Answers = () => undefined): RecordingDriver {
  return new Recorder(answers)
}

class Recorder implements RecordingDriver {
  readonly factory: DriverFactory = () => {
    this.#closed = false
    return this
  }
  readonly #answers: Answers
  readonly #statements: RecordedStatement[] = []
  #connections = 0
  #closed = false

  constructor(answers: Answers) {
    this.#answers = answers
  }

  get statements(): readonly RecordedStatement[] {
    return this.#statements
  }

  clear(): void {
    this.#statements.length = 0
  }

  async connect(): Promise<void> {
    this.#check()
  }

  async query({ text, params }: WireStatement): Promise<RawResult> {
    this.#check()
    return this.record({ on: 'plain', connection: 0, text, params })
  }

  async script(text: string): Promise<readonly RawResult[]> {
    this.#check()
    return statementsOf(text).map(one => this.record({ on: 'plain', connection: 0, text: one, params: [] }))
  }

  async acquire(): Promise<TransactionConnection> {
    this.#check()
    return new RecordedConnection(this, ++this.#connections)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  record(statement: RecordedStatement): RawResult {
    this.#statements.push(statement)
    const answer = this.#answers(statement) ?? {}
    if (answer instanceof Error) throw answer
    const rows = answer.rows ?? []
    return { rows, count: rows.length, command: commandOf(statement.text), columns: [], ...answer }
  }

  #check(): void {
    if (this.#closed) throw new InterfaceError('The database was closed')
  }
}

class RecordedConnection implements TransactionConnection {
  readonly #recorder: Recorder
  readonly #number: number
  readonly #listeners: ((error: Error) => void)[] = []
  #alive = true

  constructor(recorder: Recorder, number: number) {
    this.#recorder = recorder
    this.#number = number
  }

  get alive(): boolean {
    return this.#alive
  }

  async query({ text, params }: WireStatement): Promise<RawResult> {
    return this.#record(text, params)
  }

  async script(text: string): Promise<readonly RawResult[]> {
    return statementsOf(text).map(one => this.#record(one, []))
  }

  onLost(listener: (error: Error) => void): void {
    this.#listeners.push(listener)
  }

  release(): void {
    this.#alive = false
    this.#listeners.length = 0
  }

  #record(text: string, params: readonly (string | null)[]): RawResult {
    if (!this.#alive) throw new ConnectionLost('The connection is closed, or was given back', { sql: text })
    try {
      return this.#recorder.record({ on: 'transaction', connection: this.#number, text, params })
    } catch (error) {
      if (error instanceof ConnectionLost) this.#break(error)
      throw error
    }
  }

  #break(error: Error): void {
    this.#alive = false
    for (const listener of this.#listeners.splice(0)) listener(error)
  }
}

/** What a semicolon does not end: quoted text and names, dollar-quoted bodies and comments. */
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\/|[^;]/g

/** The statements of a script. */
function statementsOf(script: string): string[] {
  const statements: string[] = []
  let end = 0
  let current = ''
  for (const piece of script.matchAll(PIECE)) {
    if (piece.index > end) statements.push(current)
    current = piece.index > end ? piece[0] : current + piece[0]
    end = piece.index + piece[0].length
  }
  return [...statements, current].map(text => text.trim()).filter(text => text !== '')
}

/** The tag a server would give, as far as the first words tell. */
function commandOf(text: string): string {
  const [first = '', second = ''] = text.toUpperCase().match(/\w+/g) ?? []
  if (first === 'END') return 'COMMIT'
  if (first === 'ABORT') return 'ROLLBACK'
  if (first === 'WITH' || first === 'VALUES' || first === 'TABLE') return 'SELECT'
  return ['CREATE', 'DROP', 'ALTER', 'TRUNCATE', 'START'].includes(first) ? `${first} ${second}` : first
}
