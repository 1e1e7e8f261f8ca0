/** What a server can do, asked before anything is sent. */
export interface Capabilities {
  /** Replaces a whole row by its primary key in one statement. */
  readonly replace: boolean
  /** NULLS FIRST and NULLS LAST; emulated where absent. */
  readonly nullsOrdering: boolean
  /** ON CONFLICT ON CONSTRAINT name. */
  readonly conflictConstraint: boolean
  /** Reads as of a time in the past. */
  readonly systemTime: boolean
  /** Transaction priorities. */
  readonly priority: boolean
  /** Generated keys that fit a JavaScript number. */
  readonly smallSerials: boolean
}

/** The name of something a server may lack. */
export type Capability = keyof Capabilities
