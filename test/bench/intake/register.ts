import { readFileSync } from 'node:fs'

/** A clinic of mappers/facilities whose outpatient register has 25 columns, Hindi headers and UTF-16. */
export const clinic = 'sanskar-clinic-pandri'

const header = [
  ...'पंजीयन क्रमांक,मरीज़ का नाम,पिता/पति का नाम,जन्मतिथि,लिंग,मोबाइल,ओपीडी क्रमांक,तिथि,समय'.split(','),
  ...'विभाग,डॉक्टर,शिकायत,बीमारी,वजन,ताप,नाड़ी दर'.split(','),
  ...[1, 2, 3].flatMap((n) => [`दवा ${n}`, `खुराक ${n}`, `दिन ${n}`]),
]

const names = [
  'पुष्पा संतोष',
  'सुनीता साहू',
  'राधा यादव',
  'गीता वर्मा',
  'लक्ष्मी निषाद',
  'रमेश कुर्रे',
  'विजय देवांगन',
  'अशोक तिवारी',
]
const relations = ['मोहम्मद', 'राजेश', 'दिनेश', 'संतोष']
const complaints = ['Burning in upper abdomen', 'Fever since 3 days', 'Cough', 'Pain in abdomen']
const doses = ['1-0-1', 'BD', 'सुबह शाम', '1-1-1', 'OD']
const diagnoses = locals('city-diagnoses-hindi')
const drugs = locals('city-drugs')

/** Codes of its lists, as they are written in its files. */
function locals(list: string): string[] {
  const text = readFileSync(new URL(`../../../mappers/codes/${list}.csv`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => (/^[^,"]+(?=,)/.exec(line) ?? []) as string[])
}

/** The i-th visit; two of three are of somebody new, one to three medicines each. */
function row(i: number, complaint: string): string[] {
  const patient = i - (i % 3 === 2 ? 1 : 0)
  const of = (list: readonly string[], n: number) => list[n % list.length] ?? ''
  const two = (n: number) => String(n).padStart(2, '0')
  return [
    `SCP/26/${two(patient)}`,
    of(names, patient),
    of(relations, patient),
    `${two(1 + (patient % 28))}-${two(1 + (patient % 12))}-${two(60 + (patient % 40))}`,
    patient % 8 < 5 ? 'महिला' : 'पुरुष',
    `+91-61${two(10_000_000 + ((patient * 7919) % 89_999_999))}`,
    `OP/26/${two(i)}`,
    `${two(1 + (i % 28))}-${two(1 + (i % 10))}-26`,
    `${two(9 + (i % 9))}:${two(i % 60)}`,
    'सामान्य पीडी',
    of(['डॉ. मुकेश लकड़ा', 'डॉ. रीता सिंह', 'डॉ. अनिल जैन'], i),
    complaint || of(complaints, i),
    of(diagnoses, i),
    `${40 + (i % 50)}.${i % 10}`,
    `${97 + (i % 4)}.${i % 10}`,
    `${70 + (i % 30)}`,
    ...[0, 1, 2].flatMap((n) => (n <= i % 3 ? [of(drugs, i + n), of(doses, i + n), `${3 + (i % 5)}`] : ['', '', ''])),
  ]
}

/** Visits `from`, `from + 1`, … as the clinic's file; `complaint` makes the rows as long as a bench wants them. */
export function register(from: number, count: number, complaint = ''): Buffer {
  const lines = [header, ...Array.from({ length: count }, (_, i) => row(from + i, complaint))]
  return Buffer.from(`\ufeff${lines.map((cells) => `${cells.join(',')}\r\n`).join('')}`, 'utf16le')
}
