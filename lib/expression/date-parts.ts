/** The parts of dates and times: each is a method of expressions, and a word of EXTRACT. */
export const PARTS = {
  year: 'YEAR',
  /** From 1. */
  quarter: 'QUARTER',
  /** From 1. */
  month: 'MONTH',
  /** Of the ISO calendar, from 1. */
  week: 'WEEK',
  /** Of the month, from 1. */
  day: 'DAY',
  /** From 0, a Sunday. */
  dayOfWeek: 'DOW',
  /** From 1. */
  dayOfYear: 'DOY',
  hour: 'HOUR',
  minute: 'MINUTE',
  /** With its fraction. */
  second: 'SECOND'
} as const

/** The name of a part of a date or time. */
export type Part = keyof typeof PARTS

/** What dates and times can be cut off to. */
export const TRUNCATE_PARTS = [
  'millennium',
  'century',
  'decade',
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond'
] as const

/** What a date or time is cut off to. */
export type TruncatePart = (typeof TRUNCATE_PARTS)[number]
