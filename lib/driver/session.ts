/** What a statement leaves behind in its session: settings can be set back, all else only ends with the connection. */
export type Left = 'nothing' | 'settings' | 'more'

const COMMENTS = String.raw`^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*`
const COMMAND = new RegExp(
  String.raw`${COMMENTS}(?:(reset\s|set\s+(?!local\s|transaction\s|constraints\s))|` +
    String.raw`(?:listen|load|prepare|deallocate|discard|create\s+(?:(?:local|global)\s+)?temp(?:orary)?)\s|` +
    // A cursor without it ends with its transaction.
    String.raw`declare\s[\s\S]*?\bwith\s+hold\b)`,
  'i'
)
const FUNCTION = /\b(?:(set_config)|pg_(?:try_)?advisory_lock(?:_shared)?)\s*\(/i

/**
 * What a statement leaves behind, by how it begins and by the functions it calls. What a function or procedure of the
 * program's own sets is not seen.
 */
export function leftBehind(text: string): Left {
  const found = COMMAND.exec(text) ?? FUNCTION.exec(text)
  if (!found) return 'nothing'
  return found[1] === undefined ? 'more' : 'settings'
}

let warned = false

/** Tells, once, that what a plain query sets holds for no other one. */
export function warnOfSession(text: string): void {
  if (warned) return
  warned = true
  process.emitWarning(
    `"${text.slice(0, 60)}" was run outside a block: it holds for no other query. Put it and what needs it into db.connectionContext(), or set it for every connection by the option \`connection\``,
    { code: 'PEWIT_SESSION' }
  )
}
