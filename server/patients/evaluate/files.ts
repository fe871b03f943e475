import type { Identifier } from '@medplum/fhirtypes'
import { distance } from '../names/distance.ts'
import { word, type Word } from '../names/sound.ts'
import { trainOn } from '../train/train.ts'
import { featuresOf } from '../keys/features.ts'
import type { Weights } from '../score/weights.ts'
import { evaluate, type Evaluation, type Labelled } from './evaluate.ts'
import { share, type Share } from './measure.ts'

const SSN = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'SS' }] }

/**
 * Records of FEBRL's data sets (Christen 2008; columns by their names, `rec-223-org`, `rec-223-dup-0` are one person) as
 * FHIR Patients.
 */
export function febrlRecords(csv: string): Labelled[] {
  const [head = '', ...rows] = csv.trim().split(/\r?\n/)
  const columns = head.split(',').map((name) => name.trim())
  return rows.map((row) => {
    const cells = row.split(',').map((cell) => cell.trim())
    const at = (name: string) => cells[columns.indexOf(name)] ?? ''
    const [id, given, family, born] = [at('rec_id'), at('given_name'), at('surname'), at('date_of_birth')]
    const line = [`${at('street_number')} ${at('address_1')}`.trim(), at('address_2')].filter(Boolean)
    const identifier: Identifier[] = at('soc_sec_id') ? [{ type: SSN, value: at('soc_sec_id') }] : []
    return {
      person: id.replace(/-(?:org|dup(?:-\d+)?)$/, ''),
      slices: [],
      patient: {
        resourceType: 'Patient',
        id,
        name: [{ ...(given && { given: [given] }), ...(family && { family }) }],
        ...(born && { birthDate: `${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6, 8)}` }),
        address: [{ line, city: at('suburb'), postalCode: at('postcode'), state: at('state') }],
        identifier,
      },
    }
  })
}

/** Trained on the records themselves, which are not labelled for that. */
export function evaluateUnseen(records: readonly Labelled[], template: Weights): Evaluation {
  return evaluate(
    records,
    trainOn(
      records.map(({ patient }) => featuresOf(patient)),
      template,
    ),
  )
}

/** Candidates for a name, found by its key or by keys that lack one of its consonants, the nearest first. */
export class NameIndex {
  readonly #byKey = new Map<string, Set<Word>>()

  constructor(names: Iterable<string>) {
    for (const text of names) {
      const one = word(text)
      for (const key of keysAround(one.key)) this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(one))
    }
  }

  nearest(name: string, count = 1): string[] {
    const { sound, key } = word(name)
    const found = new Set(keysAround(key).flatMap((one) => [...(this.#byKey.get(one) ?? [])]))
    const ranked = [...found].map((one) => ({ text: one.text, apart: distance(sound, one.sound) }))
    ranked.sort((a, b) => a.apart - b.apart || (a.text < b.text ? -1 : 1))
    return ranked.slice(0, count).map(({ text }) => text)
  }
}

function keysAround(key: string): string[] {
  return [key, ...Array.from(key, (_, i) => key.slice(0, i) + key.slice(i + 1))]
}

/** `Sunita<tab>सुनीता` on each line: how often the other spelling is the nearest candidate, both ways. */
export function evaluateNames(tsv: string): { toSecond: Share; toFirst: Share } {
  const pairs = tsv
    .split(/\r?\n/)
    .map((line) => line.split('\t').map((cell) => cell.trim().normalize('NFC').toLowerCase()))
    .filter(([first, second]) => first && second)
  const way = (from: 0 | 1): Share => {
    const index = new NameIndex(pairs.map((pair) => pair[1 - from]!))
    const right = new Map<string, Set<string>>()
    for (const pair of pairs) right.set(pair[from]!, (right.get(pair[from]!) ?? new Set()).add(pair[1 - from]!))
    const hits = [...right].filter(([name, names]) => index.nearest(name).some((found) => names.has(found)))
    return share(hits.length, right.size)
  }
  return { toSecond: way(0), toFirst: way(1) }
}
