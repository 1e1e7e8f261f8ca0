import { randomFillSync } from 'node:crypto'

/** UUIDs that grow with time: version 7 of RFC 9562, https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7 */

/** Random bytes, fetched for many UUIDs at once. */
const pool = Buffer.alloc(16 * 256)
let used = pool.length
/** The millisecond of the last UUID, and a counter of those within it, which starts anew at random. */
let milliseconds = 0
let counter = 0

/** Where a millisecond's counter starts at most, so that many fit behind it; and where it ends. */
const FIRST = 2 ** 25
const LAST = 2 ** 26

/**
 * A UUID of version 7. Within a process each is greater than the one before, also where several are made within a
 * millisecond and where the clock is set back. It tells when it was made.
 */
export function uuidv7(now = Date.now()): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = pool.subarray(used, used + 16)
  used += 16
  count(now, bytes)
  bytes.writeUIntBE(milliseconds, 0, 6)
  // 26 bits of the counter stand behind the version and, six of them, before the variant's place is over.
  bytes.writeUInt16BE(0x7000 | (counter >>> 14), 6)
  bytes[8] = 0x80 | ((counter >>> 8) & 0x3f)
  bytes[9] = counter & 0xff
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Goes on to the next value of the clock and the counter. */
function count(now: number, random: Buffer): void {
  if (now > milliseconds) {
    milliseconds = now
    counter = random.readUInt32BE(6) % FIRST
  } else if (++counter === LAST) {
    milliseconds++
    counter = 0
  }
}
