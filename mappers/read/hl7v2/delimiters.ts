/** The characters that part a message, as its MSH-1 and MSH-2 say (HL7 v2.5.1, 2.5.4). One that is not declared is NONE. */
export interface Delimiters {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

/** Stands for a delimiter the message does not have: a character that is in no text. */
const NONE = '\uffff'

export const usual: Delimiters = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }

/** Of `MSH|^~\&|…`; undefined when what follows MSH can be no delimiter. */
export function delimitersOf(header: string): Delimiters | undefined {
  const field = header[3]
  if (field === undefined || /[\p{L}\p{N}\s]/u.test(field)) return undefined
  const end = header.indexOf(field, 4)
  const [component = NONE, repetition = NONE, escape = NONE, subcomponent = NONE] = header.slice(
    4,
    end < 0 ? undefined : end,
  )
  return { field, component, repetition, escape, subcomponent }
}

/** `Fever \T\ cough\.br\since Monday` as people read it (2.7). What is no sequence of the standard stays as it is. */
export function unescape(text: string, { escape, ...delimiters }: Delimiters): string {
  let from = text.indexOf(escape)
  if (from < 0) return text
  let out = text.slice(0, from)
  for (;;) {
    const end = text.indexOf(escape, from + 1)
    if (end < 0) return out + text.slice(from)
    const meant = meaning(text.slice(from + 1, end), escape, delimiters)
    out += meant ?? text.slice(from, end)
    if (meant === undefined) from = end
    else {
      from = text.indexOf(escape, end + 1)
      if (from < 0) return out + text.slice(end + 1)
      out += text.slice(end + 1, from)
    }
  }
}

function meaning(sequence: string, escape: string, delimiters: Omit<Delimiters, 'escape'>): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field
    case 'S':
      return delimiters.component
    case 'T':
      return delimiters.subcomponent
    case 'R':
      return delimiters.repetition
    case 'E':
      return escape
    case 'P':
      return '#'
    case 'H':
    case 'N':
      return ''
    default:
      return formatted(sequence)
  }
}

/** Formatting commands (2.7.6), hexadecimal data (2.7.5), and switches of character sets, which a decoded text is past (2.7.4). */
function formatted(sequence: string): string | undefined {
  if (/^X([0-9a-f]{2})+$/i.test(sequence)) return fromHex(sequence.slice(1))
  if (/^(C[0-9a-f]{4}|M[0-9a-f]{4}([0-9a-f]{2})?)$/i.test(sequence)) return ''
  const command = /^\.(br|sp|fi|nf|in|ti|sk|ce)\s*([+-]?\d+)?$/i.exec(sequence)
  if (!command) return undefined
  const times = Math.min(Math.max(Number(command[2] ?? 1), 1), 100)
  switch ((command[1] ?? '').toLowerCase()) {
    case 'br':
    case 'ce':
      return '\n'
    case 'sp':
      return '\n'.repeat(times)
    case 'sk':
      return ' '.repeat(times)
    default:
      return ''
  }
}

/** Control characters other than tab and line ends are left out: no FHIR string may hold them. */
function fromHex(digits: string): string {
  const bytes = Buffer.from(digits, 'hex')
  const utf8 = bytes.toString('utf8')
  return (utf8.includes('\ufffd') ? bytes.toString('latin1') : utf8).replace(/(?![\t\n\r])\p{Cc}/gu, '')
}

/** The opposite: a text made safe to stand in a field. Line ends become `\.br\`. */
export function escape(text: string, { escape, field, component, repetition, subcomponent }: Delimiters): string {
  const codes = new Map([
    [escape, 'E'],
    [field, 'F'],
    [component, 'S'],
    [repetition, 'R'],
    [subcomponent, 'T'],
  ])
  let out = ''
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const code = character === '\n' ? '.br' : codes.get(character)
    out += code === undefined ? character : `${escape}${code}${escape}`
  }
  return out
}
