import fc from 'fast-check'
import { formatInstant, parseInstant } from '../../lib/util/instants.js'

const anyDate = fc.date({ noInvalidDate: true })

describe('an instant', () => {
  it('is read as it was written, from the first to the last', () => {
    fc.assert(
      fc.property(anyDate, date => expect(parseInstant(formatInstant(date))).toEqual(date)),
      { numRuns: 500 }
    )
    for (const time of [-8.64e15, 8.64e15, 0, -62167219200000, -62167219200001, 253402300799999, 253402300800000]) {
      expect(parseInstant(formatInstant(new Date(time)))).toEqual(new Date(time))
    }
  })

  it('is read as JavaScript reads it, in the years it knows', () => {
    const layouts: readonly ((iso: string) => string)[] = [
      iso => iso,
      iso => iso.replace('T', ' ').replace('Z', '+00'),
      iso => iso.replace('T', ' ').replace('Z', '+00:00'),
      iso => iso.replace('T', ' ').replace('Z', ''),
      iso => iso.replace('T', ' ').replace('Z', '456+00')
    ]
    const date = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    fc.assert(
      fc.property(date, fc.constantFrom(...layouts), (instant, layout) => {
        if (instant.getUTCFullYear() > 0) expect(parseInstant(layout(instant.toISOString()))).toEqual(instant)
      })
    )
  })

  it('is read with any offset', () => {
    const offset = fc.record({ sign: fc.constantFrom('+', '-'), hours: fc.nat(15), minutes: fc.nat(59) })
    fc.assert(
      fc.property(offset, ({ sign, hours, minutes }) => {
        const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
        expect(parseInstant(`2024-02-29 12:30:15.5${zone}`)).toEqual(new Date(`2024-02-29T12:30:15.500${zone}`))
      })
    )
  })

  it.each([
    ['2024-01-31 12:00:00', '2024-01-31T12:00:00.000Z'],
    ['2024-01-31 12:00:00.1', '2024-01-31T12:00:00.100Z'],
    ['2024-01-31 12:00:00.001999+00', '2024-01-31T12:00:00.001Z'],
    ['1969-12-31 23:59:59.999999+00', '1969-12-31T23:59:59.999Z'],
    ['2024-01-31 12:00:00+05:30', '2024-01-31T06:30:00.000Z'],
    ['1890-01-01 00:00:00+00:53:28', '1889-12-31T23:06:32.000Z'],
    ['0099-12-31 00:00:00+00', '0099-12-31T00:00:00.000Z'],
    ['0044-03-15 12:00:00+00 BC', '-000043-03-15T12:00:00.000Z'],
    ['0044-03-15 12:00:00.5 BC', '-000043-03-15T12:00:00.500Z'],
    ['4713-01-01 00:00:00+00 BC', '-004712-01-01T00:00:00.000Z'],
    ['12345-01-02 03:04:05.6+00', '+012345-01-02T03:04:05.600Z']
  ])('%s', (text, iso) => expect(parseInstant(text)?.toISOString()).toBe(iso))

  it.each([
    'infinity',
    '-infinity',
    '',
    '2024-01-31',
    'yesterday at noon, or so',
    '294276-12-31 23:59:59+00',
    '2024-01-31 12:00:00 BCE'
  ])('is none: %p', text => expect(parseInstant(text)).toBeUndefined())

  it.each([
    ['2024-01-31T12:00:00.000Z', '2024-01-31T12:00:00.000Z'],
    ['+012345-01-02T03:04:05.678Z', '12345-01-02T03:04:05.678Z'],
    ['-000043-03-15T12:00:00.000Z', '0044-03-15T12:00:00.000Z BC'],
    ['0000-01-01T00:00:00.000Z', '0001-01-01T00:00:00.000Z BC']
  ])('%s is written as servers read it', (iso, text) => expect(formatInstant(new Date(iso))).toBe(text))
})
