/**
 * Prints the accounts that the example loads, the same in every run:
 * `npx tsx examples/bank/make-accounts.ts > examples/bank/accounts.csv`
 *
 * Names and places are made up. Twelve lines are broken, each in its own way.
 */
import { Random } from './random.js'

const given = 'Abelo Brinna Corvin Dessa Elvar Finnika Gorlan Hespa Ilvo Jessamy Korven Lirael Mordy Nerissa Oswyn Pellam'
const family = 'Applethorn Brambleby Copperkettle Duskwater Elderquill Fogworthy Gingerwhistle Hollowpine Inkpenny Juniperson'
const cities = [
  'Port Lantern',
  'Upper Wimble',
  'Saltmarsh-on-Sea',
  'Tinkerford',
  'Three Owls',
  'Mossgate, North',
  'Mossgate, South'
]

/** What breaks the line of a number. */
const broken: Readonly<Record<number, (fields: readonly string[]) => readonly string[]>> = {
  17: ([number, , city, balance]) => [number, '', city, balance],
  101: ([number, name, city]) => [number, name, city, 'a lot'],
  178: ([number, name, city, balance]) => [number, name, city, `${balance}5`],
  264: ([number, name, city, balance]) => [number, name, city, `-${balance}`],
  333: ([number, name, city]) => [number, name, city],
  415: fields => [...fields, 'gold'],
  502: ([, ...rest]) => ['PW-000123', ...rest],
  586: ([number, name, city, balance]) => [number, `${name} the Exceedingly Long-Winded, of ${city}`, city, balance],
  671: ([number, name, , balance]) => [number, name, ' ', balance],
  750: ([number, name, city, balance]) => [number, `"${name}`, city, balance],
  834: ([number, name, city, balance]) => [number.toLowerCase(), name, city, balance],
  919: ([number, name, city]) => [number, name, city, '123456789012.50']
}

const random = new Random(1)

function lineOf(line: number): string {
  const number = `PW-${String(line - 1).padStart(6, '0')}`
  const name = `${random.pick(given.split(' '))} ${random.pick(family.split(' '))}`
  const balance = `${random.below(5000)}.${String(random.below(100)).padStart(2, '0')}`
  const fields = [number, name, random.pick(cities), balance]
  return (broken[line]?.(fields) ?? fields).map(quoted).join(',')
}

function quoted(field: string): string {
  return field.includes(',') ? `"${field}"` : field
}

const lines = Array.from({ length: 1000 }, (_, i) => lineOf(i + 2))
process.stdout.write(`${['number,name,city,balance', ...lines].join('\n')}\n`)
