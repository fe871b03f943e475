import { serialDay } from '../../values/moments.ts'

/** What a number of a spreadsheet stands for, by its number format (ECMA-376 part 1, 18.8.30 and 18.17.4). */
export type Shown =
  | { readonly as: 'number' }
  | { readonly as: 'date' | 'time' | 'datetime' | 'elapsed' }
  /** `00000`: a number with leading zeros, like a PIN or a card number. */
  | { readonly as: 'padded'; readonly digits: number }

/** Formats that have a number and no text in styles.xml; 27–36 and 50–58 are dates of Asian Excels. */
const builtIn: readonly (readonly [
  from: number,
  to: number,
  Shown['as'] & ('date' | 'time' | 'datetime' | 'elapsed'),
])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'datetime'],
  [27, 31, 'date'],
  [32, 35, 'time'],
  [36, 36, 'date'],
  [45, 45, 'time'],
  [46, 46, 'elapsed'],
  [47, 47, 'time'],
  [50, 58, 'date'],
]

const NUMBER: Shown = { as: 'number' }

export function shownBy(id: number, code: string | undefined): Shown {
  if (code !== undefined) return shownByCode(code)
  const found = builtIn.find(([from, to]) => id >= from && id <= to)
  return found ? { as: found[2] } : NUMBER
}

function shownByCode(code: string): Shown {
  const bare = (code.split(';')[0] ?? '')
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .toLowerCase()
    .replace(/am\/pm|a\/p/g, 'h')
  if (/^0{2,}$/.test(bare)) return { as: 'padded', digits: bare.length }
  if (/\[[hms]+\]/.test(bare)) return { as: 'elapsed' }
  if (/general|[#?]|0[.,]?0?e/.test(bare)) return NUMBER
  const clock = /[hs]/.test(bare)
  const day = /[ydg]|b{2}/.test(bare) || (/m/.test(bare) && !clock)
  if (day) return { as: clock ? 'datetime' : 'date' }
  return clock ? { as: 'time' } : NUMBER
}

const DAY = 86400
const MAX_SERIAL = 2958466

/**
 * A number cell as text: dates and times as ISO has them (`2024-01-01`, `09:30`, `2024-01-01 09:30`), anything else with
 * all its digits and no exponent. Reckoned in whole seconds of UTC, never through local time.
 */
export function cellText(value: string, shown: Shown, since1904: boolean): string {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) return value.trim()
  if (shown.as === 'number') return plainNumber(number)
  if (shown.as === 'padded')
    return Number.isInteger(number) && number >= 0 ? String(number).padStart(shown.digits, '0') : plainNumber(number)
  const seconds = Math.round(number * DAY)
  if (seconds < 0 || number >= MAX_SERIAL) return plainNumber(number)
  if (shown.as === 'elapsed') return clock(seconds, Math.floor(seconds / 3600))
  const time = clock(seconds % DAY, Math.floor((seconds % DAY) / 3600))
  const days = Math.floor(seconds / DAY)
  if (shown.as === 'time' && days === 0) return time
  const date = serialDay(days, since1904)
  if (shown.as === 'date' || seconds % DAY === 0) return date
  return shown.as === 'time' ? time : `${date} ${time}`
}

function clock(seconds: number, hours: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = seconds % 60
  return `${two(hours)}:${two(Math.floor(seconds / 60) % 60)}${rest === 0 ? '' : `:${two(rest)}`}`
}

/** 98.599999999999994 is how Excel writes 98.6: it knows 15 digits. 9.82711E+9 is 9827110000. */
export function plainNumber(number: number): string {
  const text = String(Number.isInteger(number) ? number : Number(number.toPrecision(15)))
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!parts) return text
  const [, sign = '', first = '', rest = '', exponent = ''] = parts
  const digits = first + rest
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}
