/** What a value is, for a message that must not show the value itself: `a string`, `an Array`, `null`. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`
  const name = value.constructor?.name ?? 'Object'
  return /^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`
}
