/** The whole cents of an exact amount: `cents('12.5')` is `1250n`. Sums of them lose nothing. */
export function cents(amount: string): bigint {
  const [whole = '', part = ''] = amount.split('.')
  return BigInt(whole + part.padEnd(2, '0'))
}

/** The exact amount of whole cents: `amountOf(1250n)` is `'12.50'`. */
export function amountOf(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** The sum of exact amounts, in cents. */
export function total(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => sum + cents(amount), 0n)
}
