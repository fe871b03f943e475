// A long file: most of it is one list, of what may be changed.
/** Changes of a message (segments end in CR) that leave its meaning as it is. `pick(n)` is a number from 0 below n. */
export interface Change {
  readonly name: string
  /** Undefined: this message has nothing to change so. */
  readonly make: (text: string, pick: (below: number) => number) => string | Buffer | undefined
}

interface Marks {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

export function marksOf(text: string): Marks {
  const field = text.charAt(3)
  const [component = '', repetition = '', escape = '', subcomponent = ''] = text.slice(4, text.indexOf(field, 4))
  return { field, component, repetition, escape, subcomponent }
}

export function linesOf(text: string): string[] {
  return text.split('\r').filter((line) => line !== '')
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r`).join('')
}

/** Segments with each field changed, but for MSH-1 and MSH-2. `number` as in the standard. */
function eachField(
  text: string,
  change: (field: string, name: string, number: number, line: string) => string,
): string {
  const { field } = marksOf(text)
  return join(
    linesOf(text).map((line) => {
      const [name = '', ...fields] = line.split(field)
      const shift = name === 'MSH' ? 2 : 1
      const changed = fields.map((one, at) => (shift === 2 && at === 0 ? one : change(one, name, at + shift, line)))
      return [name, ...changed].join(field)
    }),
  )
}

/** Each leaf of each field, with what parts it from its neighbours left in place. */
function eachLeaf(text: string, change: (leaf: string, name: string, number: number, line: string) => string): string {
  const { component, repetition, subcomponent } = marksOf(text)
  const parts = new RegExp(`([${[component, repetition, subcomponent].map((one) => `\\${one}`).join('')}])`)
  return eachField(text, (field, name, number, line) =>
    field
      .split(parts)
      .map((part, at) => (at % 2 === 1 || part === '' ? part : change(part, name, number, line)))
      .join(''),
  )
}

const texts = new Set(['ST', 'TX', 'FT', ''])

/** Fields of text, in which a mark that nobody escaped is a character of the text. */
function isText(name: string, number: number, line: string, { field }: Marks): boolean {
  if (name === 'NTE') return number === 3
  return name === 'OBX' && number === 5 && texts.has(line.split(field)[2] ?? '')
}

/** The message with other marks: every sequence of the old ones is taken for what it means, and written with the new ones. */
function remarked(text: string, now: Marks): string {
  const old = marksOf(text)
  const order = ['field', 'component', 'repetition', 'escape', 'subcomponent'] as const
  const letters = { F: old.field, S: old.component, R: old.repetition, E: old.escape, T: old.subcomponent }
  const codes = new Map<string, string>([
    [now.field, 'F'],
    [now.component, 'S'],
    [now.repetition, 'R'],
    [now.escape, 'E'],
    [now.subcomponent, 'T'],
  ])
  const safe = (plain: string) =>
    Array.from(plain, (one) => (codes.has(one) ? now.escape + codes.get(one) + now.escape : one)).join('')
  const recode = (all: string, isWhole: boolean): string => {
    let out = ''
    const ends = new RegExp(`[\\${old.component}\\${old.subcomponent}]+$`)
    const piece = isWhole ? all.replace(ends, '') : all
    for (let at = 0; at < piece.length; at++) {
      const one = piece.charAt(at)
      const end = one === old.escape ? piece.indexOf(old.escape, at + 1) : -1
      const sequence = end < 0 ? undefined : piece.slice(at + 1, end)
      if (sequence !== undefined && sequence in letters) out += safe(letters[sequence as keyof typeof letters])
      else if (sequence !== undefined) out += now.escape + sequence + now.escape
      else {
        const mark = order.find((name) => name !== 'escape' && old[name] === one)
        out += mark && !(isWhole && mark !== 'repetition') ? now[mark] : safe(one)
      }
      if (sequence !== undefined) at = end
    }
    return out
  }
  const lines = linesOf(text).map((line) => {
    const [name = '', ...fields] = line.split(old.field)
    const shift = name === 'MSH' ? 2 : 1
    const changed = fields.map((one, at) =>
      shift === 2 && at === 0
        ? now.component + now.repetition + now.escape + now.subcomponent
        : recode(one, isText(name, at + shift, line, old)),
    )
    return [name, ...changed].join(now.field)
  })
  return join(lines)
}

/** Fields that hold a time (HL7 v2.5.1); those of old types in a component of theirs. */
const times = new Set(
  'MSH-7 EVN-2 EVN-6 PV1-44 PV1-45 PV2-8 PV2-9 OBR-6 OBR-7 OBR-8 OBR-14 OBR-22 OBX-14 ORC-9 ORC-15 RXA-3 RXA-4 TXA-4 TXA-6 DG1-5 PR1-5 TQ1-7 TQ1-8 SCH-11 RXD-3 RXE-1'.split(
    ' ',
  ),
)

/** Codes of tables that are told apart from others whatever their case. */
const codes = new Set('PID-8 PV1-2 ORC-1 ORC-5 OBR-25 OBX-2 OBX-8 OBX-11 TXA-17 SCH-25 RXA-20 AL1-2 AL1-4'.split(' '))

/** Fields of one code that became CE or CWE in later versions. */
const tables: Readonly<Record<string, string>> = {
  'PID-8': 'HL70001',
  'PV1-2': 'HL70004',
  'OBX-8': 'HL70078',
  'AL1-4': 'HL70128',
}

/** Their first field counts them. */
const numbered = new Set('PID PV1 NK1 AL1 DG1 OBR OBX NTE IN1 GT1 SPM PR1 TQ1 AIS AIP AIL AIG RGS'.split(' '))

/** Segments that nothing may stand between them and what they belong to. */
const remarks = new Set(['NTE', 'PRT', 'ROL', 'VAR', 'TQ1', 'TQ2', 'CTD', 'OBX', 'RXR', 'RXC'])

function inserted(text: string, line: (field: string) => string, at: number): string {
  const lines = linesOf(text)
  return join([...lines.slice(0, at), line(marksOf(text).field), ...lines.slice(at)])
}

/** Where a segment may be put without standing between one and its remark. */
function gaps(text: string): number[] {
  const lines = linesOf(text)
  return [...lines.keys(), lines.length].filter((at) => at > 0 && !remarks.has((lines[at] ?? '').slice(0, 3)))
}

function field(text: string, name: string, number: number): string {
  const { field: mark } = marksOf(text)
  const line = linesOf(text).find((one) => one.startsWith(name)) ?? ''
  return line.split(mark)[name === 'MSH' ? number - 1 : number] ?? ''
}

function withField(text: string, name: string, number: number, value: string): string {
  return eachField(text, (one, of, at) => (of === name && at === number ? value : one))
}

const other: readonly Marks[] = [
  { field: '#', component: '*', repetition: '!', escape: '/', subcomponent: '$' },
  { field: '\u0001', component: '\u0002', repetition: '\u0003', escape: '\u0004', subcomponent: '\u0005' },
  { field: '^', component: '|', repetition: '&', escape: '~', subcomponent: '\\' },
  { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' },
]

export const changes: readonly Change[] = [
  { name: 'segments that end in LF', make: (text) => text.replaceAll('\r', '\n') },
  { name: 'segments that end in CRLF', make: (text) => text.replaceAll('\r', '\r\n') },
  { name: 'no end of the last segment', make: (text) => text.slice(0, -1) },
  { name: 'blank lines between segments', make: (text) => text.replaceAll('\r', '\r\r') },
  { name: 'segments that are indented', make: (text) => text.replace(/\r(?=.)/g, '\r    ') },
  { name: 'a block of MLLP', make: (text) => `\v${text}\x1c\r` },
  { name: 'NULs and a byte order mark before it', make: (text) => `\0\ufeff${text}` },
  { name: 'an envelope of a batch', make: (text) => `FHS|^~\\&|X\rBHS|^~\\&|X\r${text}BTS|1\rFTS|1\r` },
  { name: 'UTF-16', make: (text) => Buffer.from(`\ufeff${text}`, 'utf16le') },
  ...other.map((marks, at) => ({
    name: `other delimiters (${at + 1})`,
    make: (text: string) => remarked(text, marks),
  })),
  {
    name: 'a fifth encoding character',
    make: (text) => {
      const { field: mark } = marksOf(text)
      const end = text.indexOf(mark, 4)
      return end === 8 ? `${text.slice(0, 8)}${mark === '#' ? '%' : '#'}${text.slice(8)}` : undefined
    },
  },
  {
    name: 'empty fields behind the last one',
    make: (text) => text.replace(/\r/g, `${marksOf(text).field.repeat(4)}\r`),
  },
  {
    name: 'no empty fields behind the last one',
    make: (text) => join(linesOf(text).map((line) => line.replace(new RegExp(`\\${marksOf(text).field}+$`), ''))),
  },
  {
    name: 'empty components behind the last one',
    make: (text) => {
      const { component, repetition } = marksOf(text)
      return eachField(text, (one) =>
        one === ''
          ? one
          : one
              .split(repetition)
              .map((each) => (each === '' ? each : each + component.repeat(3)))
              .join(repetition),
      )
    },
  },
  {
    name: 'empty sub-components and repetitions behind the last one',
    make: (text) => {
      const { component, subcomponent, repetition } = marksOf(text)
      const parted = (one: string) =>
        one.replace(
          new RegExp(`([^${`\\${component}\\${repetition}`}])(?=[${`\\${component}\\${repetition}`}]|$)`, 'g'),
          `$1${subcomponent}`,
        )
      return eachField(text, (one, name, number, line) =>
        one === '' || name === 'MSH' || isText(name, number, line, marksOf(text)) ? one : parted(one) + repetition,
      )
    },
  },
  ...['2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1', '2.8', '2.8.2'].map((version) => ({
    name: `version ${version}`,
    make: (text: string) => withField(text, 'MSH', 12, version),
  })),
  {
    name: 'a segment of the sender’s own, anywhere',
    make: (text, pick) => {
      const free = gaps(text)
      return inserted(text, (mark) => ['ZQX', '1', 'OBX', 'AL1'].join(mark), free[pick(free.length)] ?? 1)
    },
  },
  {
    name: 'segments about the software',
    make: (text) =>
      inserted(
        inserted(text, (mark) => ['UAC', 'KERB'].join(mark), 1),
        (mark) => ['SFT', 'KHARUN', '1'].join(mark),
        1,
      ),
  },
  {
    name: 'a remark on the patient',
    make: (text) => {
      const at = linesOf(text).findIndex((line) => line.startsWith('PID'))
      return at < 0 ? undefined : inserted(text, (mark) => ['NTE', '1', '', 'Came with his son'].join(mark), at + 1)
    },
  },
  {
    name: 'identifiers told twice',
    make: (text) => {
      const { repetition } = marksOf(text)
      const given = field(text, 'PID', 3)
      return given === ''
        ? undefined
        : eachField(text, (one, name, at) => (name === 'PID' && at === 3 && one !== '' ? one + repetition + one : one))
    },
  },
  {
    name: 'names, addresses and numbers told twice',
    make: (text) => {
      const { repetition } = marksOf(text)
      return eachField(text, (one, name, at) =>
        name === 'PID' && [5, 11, 13, 14].includes(at) && one !== '' && one !== '""' ? one + repetition + one : one,
      )
    },
  },
  {
    name: 'times with the zone of the house',
    make: (text) =>
      eachField(text, (one, name, at) =>
        times.has(`${name}-${at}`) ? one.replace(/(?<!\d)(\d{12}(?:\d\d)?)(?![\d.+-])/g, '$1+0530') : one,
      ),
  },
  {
    name: 'letters as hexadecimal escapes',
    make: (text, pick) => {
      const { escape } = marksOf(text)
      return eachLeaf(text, (leaf, name) => {
        const at = pick(leaf.length)
        const letter = leaf.charAt(at)
        if (name === 'MSH' || leaf.includes(escape) || !/[a-z]/i.test(letter)) return leaf
        const code = letter.charCodeAt(0).toString(16).toUpperCase()
        return `${leaf.slice(0, at)}${escape}X${code}${escape}${leaf.slice(at + 1)}`
      })
    },
  },
  {
    name: 'highlighted words',
    make: (text) => {
      const { escape } = marksOf(text)
      return eachLeaf(text, (leaf, name) =>
        name === 'MSH' || leaf.trim() === '""' ? leaf : `${escape}H${escape}${leaf}${escape}N${escape}`,
      )
    },
  },
  {
    name: 'blanks around leaves',
    make: (text) => eachLeaf(text, (leaf, name) => (name === 'MSH' ? leaf : ` ${leaf} `)),
  },
  {
    name: 'codes of tables in small letters',
    make: (text) => {
      const { escape } = marksOf(text)
      return eachField(text, (one, name, at) =>
        codes.has(`${name}-${at}`) && !one.includes(escape) ? one.toLowerCase() : one,
      )
    },
  },
  {
    name: 'no numbers of segments',
    make: (text) => eachField(text, (one, name, at) => (at === 1 && numbered.has(name) ? '' : one)),
  },
  {
    name: 'codes of tables with their words and the name of the table',
    make: (text) => {
      const { component } = marksOf(text)
      return eachField(text, (one, name, at) => {
        const table = tables[`${name}-${at}`]
        return table === undefined || one === '' || one.includes(component)
          ? one
          : [one, 'Words', table].join(component)
      })
    },
  },
  {
    name: 'types of values by their newer names',
    make: (text) => {
      const newer: Readonly<Record<string, string>> = { CE: 'CWE', CNE: 'CWE', TS: 'DTM', FT: 'TX' }
      return eachField(text, (one, name, at) => (name === 'OBX' && at === 2 ? (newer[one] ?? one) : one))
    },
  },
  {
    name: 'the hour in a birth date',
    make: (text) =>
      eachField(text, (one, name, at) => (name === 'PID' && at === 7 && /^\d{8}$/.test(one) ? `${one}1030` : one)),
  },
  { name: 'a type in small letters', make: (text) => withField(text, 'MSH', 9, field(text, 'MSH', 9).toLowerCase()) },
  {
    name: 'no structure in MSH-9.3',
    make: (text) =>
      withField(
        text,
        'MSH',
        9,
        field(text, 'MSH', 9).split(marksOf(text).component).slice(0, 2).join(marksOf(text).component),
      ),
  },
  {
    name: 'a structure in MSH-9.3 that is another’s',
    make: (text) => {
      const { component } = marksOf(text)
      return withField(
        text,
        'MSH',
        9,
        [...field(text, 'MSH', 9).split(component).slice(0, 2), 'ADT_A01'].join(component),
      )
    },
  },
  {
    name: 'the trigger in EVN-1 alone',
    make: (text) => {
      const [type = '', trigger = ''] = field(text, 'MSH', 9).split(marksOf(text).component)
      if (!/^EVN/m.test(text.replaceAll('\r', '\n'))) return undefined
      return withField(withField(text, 'EVN', 1, trigger), 'MSH', 9, type)
    },
  },
  {
    name: 'the trigger in the name of the structure alone',
    make: (text) => {
      const [type = '', trigger = ''] = field(text, 'MSH', 9).split(marksOf(text).component)
      return trigger === '' ? undefined : withField(text, 'MSH', 9, `${type}_${trigger}`)
    },
  },
]
