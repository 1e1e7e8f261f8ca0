import { BinaryUUIDFieldType } from 'pewit'
import type { Translations } from '../run.js'

/** What fields make of values by themselves. */

const uuid = '12345678-1234-5678-1234-567812345678'

export const fields: Translations = {
  'field.binary_uuid': () => {
    const field = new BinaryUUIDFieldType()
    const bytes = field.dbValue(uuid) as Uint8Array
    return [bytes, field.jsValue(bytes), field.jsValue(new Uint8Array(bytes))]
  }
}
