/** What strings have since Node 20, and the library of ES2023 does not know. */
type WellFormed = string & { isWellFormed(): boolean }

/** What a text has in it that cannot be sent to a server, and why, or `undefined`. */
export function unsendable(text: string): string | undefined {
  if (text.includes('\0')) return 'a NUL character (\\0), which no server can store'
  return (text as WellFormed).isWellFormed() ? undefined : 'half of a surrogate pair, which UTF-8 cannot hold'
}

/** The text without the characters at its end that are this one. Not by a regular expression, which takes the square of the time. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end--
  return text.slice(0, end)
}
