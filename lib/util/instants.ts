/**
 * Dates as both servers write and read them. `new Date(text)` takes most of the time of reading a row of
 * timestamps, so the common layout is read digit by digit.
 */

const LAYOUT = /^(\d{4,6})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/

/** The instant that a server wrote as `2024-01-31 12:00:00.123456+00`, to the millisecond; `undefined` for text that is no instant. */
export function parseInstant(text: string): Date | undefined {
  return parseCommon(text) ?? parseAny(text)
}

/** The instant as both servers read it, in UTC. */
export function formatInstant(date: Date): string {
  const iso = date.toISOString()
  // Years from 1 to 9999, without asking the date again: this is most of the time of inserting many.
  if (iso.length === 24 && !iso.startsWith('0000')) return iso
  const year = date.getUTCFullYear()
  const rest = iso.slice(iso.indexOf('-', 1))
  // Servers know no year 0: it is 1 BC.
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`
}

/** Reads `YYYY-MM-DD hh:mm:ss[.ffffff][+00[:00]]`, the layout of a session in UTC. */
function parseCommon(text: string): Date | undefined {
  const length = text.length
  if (length < 19 || text.charCodeAt(4) !== 45 || text.charCodeAt(13) !== 58) return undefined
  let milliseconds = 0
  let at = 19
  if (text.charCodeAt(at) === 46) {
    let scale = 100
    for (at++; at < length; at++, scale /= 10) {
      const digit = text.charCodeAt(at) - 48
      if (digit < 0 || digit > 9) break
      if (scale >= 1) milliseconds += digit * scale
    }
  }
  if (at < length && !isUtc(text, at)) return undefined
  const year = digits(text, 0) * 100 + digits(text, 2)
  if (year < 100) return undefined
  return new Date(
    Date.UTC(year, digits(text, 5) - 1, digits(text, 8), digits(text, 11), digits(text, 14), digits(text, 17), milliseconds)
  )
}

/** The servers write `+00` and `+00:00`. */
function isUtc(text: string, at: number): boolean {
  return text.length === at + 3 ? text.endsWith('+00') : text.length === at + 6 && text.endsWith('+00:00')
}

function digits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}

function parseAny(text: string): Date | undefined {
  const match = LAYOUT.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHour = '0', zoneMinute = '0', zoneSecond = '0', bc] =
    match
  const date = new Date(0)
  date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)))
  const offset = (Number(zoneHour) * 3600 + Number(zoneMinute) * 60 + Number(zoneSecond)) * 1000
  date.setTime(date.getTime() - (sign === '-' ? -offset : offset))
  return Number.isNaN(date.getTime()) ? undefined : date
}
