/**
 * The canonical record: what any facility's record comes to before it becomes FHIR. One table of groups and fields; the
 * spec's `bind:` names are checked against it, and the TypeScript types below are derived from it.
 * (A long file: it is one table.)
 */

/** An empty cell says nothing; this says "remove what you know" (HL7 v2: a field that holds `""`). */
export const CLEAR = Symbol('clear')
export type Clear = typeof CLEAR

/** A value while it is put together: member by member, as in build/elements.ts. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }

/** The kinds of values; functions of the spec turn what was read into these. */
export interface Kinds {
  text: string
  /** A FHIR date: `2026`, `2026-11`, `2026-11-22`. */
  date: string
  /** A FHIR dateTime; with a time it has an offset (`2026-11-22T09:30:00+05:30`). */
  instant: string
  birth: Birth
  name: PersonName
  /** male, female, other, unknown. */
  sex: Sex
  phone: Phone
  address: PostalAddress
  identifier: LocalIdentifier
  coded: Coded
  measure: Measure
  person: Person
  dose: Dose
  attachment: File
  flag: boolean
  /** Digits as sent, so that 1.10 stays 1.10. */
  number: string
}
export type Kind = keyof Kinds

export type Sex = 'male' | 'female' | 'other' | 'unknown'

export interface Birth {
  readonly date: string
  /** Reckoned from an age. */
  readonly estimated?: boolean
}

export interface PersonName {
  /** As written, without what was recognised as a relation. */
  readonly text: string
  readonly prefix?: string
  readonly given?: readonly string[]
  readonly family?: string
  readonly suffix?: string
  /** BCP 47 of its script: `hi` for Devanagari. */
  readonly language?: string
  /** `W/o Mohan` */
  readonly relation?: {
    readonly kind: 'father' | 'mother' | 'husband' | 'wife' | 'guardian'
    readonly name: string
    readonly text: string
  }
  /** "Baby of Sunita", "Unknown": never matched by name. */
  readonly placeholder?: boolean
  /** A part of it was cleared explicitly, so that the name known before does not stay beside it. */
  readonly instead?: boolean
  /** official, usual, maiden … (https://hl7.org/fhir/R4/valueset-name-use.html) */
  readonly use?: string
}

export interface Phone {
  /** E.164 where it is an Indian number, else as written. */
  readonly value: string
  readonly system: 'phone' | 'fax' | 'email' | 'url' | 'pager' | 'other'
  readonly use?: 'home' | 'work' | 'mobile'
  /** Kept, but nobody's: never used for matching. */
  readonly fake?: boolean
}

export interface PostalAddress {
  readonly text?: string
  readonly lines?: readonly string[]
  readonly city?: string
  readonly district?: string
  readonly state?: string
  readonly pin?: string
  readonly country?: string
  readonly use?: 'home' | 'work' | 'temp' | 'old'
}

export interface LocalIdentifier {
  readonly value: string
  /** A URI; absent: the facility's own numbering of this field. */
  readonly system?: string
  /** v2-0203: MR, SS, … or a word of the sender. */
  readonly type?: string
  readonly assigner?: string
  /** It was theirs and is no more. */
  readonly use?: 'old'
}

export interface Coded {
  readonly text?: string
  readonly codings: readonly { readonly system?: string; readonly code: string; readonly display?: string }[]
}

/** A laboratory's value: a number with a unit, a range, a ratio, a code, a time or a text. */
export interface Measure {
  readonly number?: string
  readonly comparator?: '<' | '<=' | '>=' | '>'
  readonly low?: string
  readonly high?: string
  /** As printed. */
  readonly unit?: string
  /** UCUM, when the unit is known. */
  readonly ucum?: string
  readonly coded?: Coded
  readonly text?: string
  /** `12.5 H`: the flag written behind the number (v3 ObservationInterpretation code). */
  readonly flag?: string
  readonly date?: string
  /** A time of day: `15:30:00`. */
  readonly time?: string
  readonly period?: { readonly start?: string; readonly end?: string }
  /** `1:128`; a comparator is of the first number. */
  readonly ratio?: readonly [first: string, second: string]
}

/** Who treats: becomes a Practitioner. */
export interface Person {
  readonly name?: PersonName
  readonly ids: readonly LocalIdentifier[]
  readonly phone?: Phone
}

export interface Dose {
  readonly text: string
  /** Times a day, `1-0-1` → 2; of `as needed` absent. */
  readonly timesPerDay?: number
  /** v3 GTSAbbreviation / EventTiming: BID, TID, HS, AC … */
  readonly timing?: string
  readonly when?: readonly string[]
  /** `high`: as much as that, at most. */
  readonly amount?: { readonly number: string; readonly high?: string; readonly unit?: string }
  readonly route?: Coded
  readonly days?: number
  readonly asNeeded?: boolean
  /** Every so many hours, days or weeks. */
  readonly every?: { readonly number: number; readonly unit: 'h' | 'd' | 'wk' | 'mo' }
}

export interface File {
  readonly contentType: string
  readonly title?: string
  /** base64 */
  readonly data?: string
  readonly url?: string
  readonly text?: string
}

const one = <K extends Kind>(kind: K) => ({ kind, many: false }) as const
const many = <K extends Kind>(kind: K) => ({ kind, many: true }) as const

/**
 * The groups. `single` ones occur once a record; the others repeat (their binding has `each:` or stands once), and `inside`
 * lists the groups that may be nested in them.
 */
export const groups = {
  event: {
    single: true,
    inside: [],
    fields: {
      /** When the sender made this version of the record: decides which of two is newer. */
      at: one('instant'),
      /**
       * upsert (default), update (names and telephone numbers of the patient take the place of what was told before),
       * cancel (visit, appointment or order is called off), delete, merge, move-visit, merge-visit, merge-account,
       * move-account.
       */
      action: one('text'),
      id: one('text'),
    },
  },
  patient: {
    single: true,
    inside: ['contact'],
    fields: {
      localId: one('identifier'),
      otherIds: many('identifier'),
      abha: one('identifier'),
      abhaAddress: one('identifier'),
      name: one('name'),
      otherNames: many('name'),
      relation: one('name'),
      sex: one('sex'),
      birth: one('birth'),
      age: one('text'),
      deceased: one('flag'),
      deceasedAt: one('instant'),
      phones: many('phone'),
      address: many('address'),
      marital: one('coded'),
      language: one('coded'),
      religion: one('coded'),
      birthOrder: one('number'),
      multipleBirth: one('flag'),
      mother: one('name'),
      accountNumber: one('identifier'),
      race: many('coded'),
      ethnicity: many('coded'),
      nationality: one('coded'),
      birthPlace: one('text'),
      primaryDoctor: one('person'),
      active: one('flag'),
    },
  },
  /** Next of kin. */
  contact: {
    single: false,
    inside: [],
    fields: {
      name: one('name'),
      relationship: one('coded'),
      /** What he is besides (guarantor). */
      role: one('coded'),
      phones: many('phone'),
      address: one('address'),
      sex: one('sex'),
    },
  },
  /** The record that ceases to be (HL7 A40): patient.* is the survivor. */
  merge: {
    single: true,
    inside: [],
    fields: {
      localId: one('identifier'),
      otherIds: many('identifier'),
      name: one('name'),
      visit: one('identifier'),
      account: one('identifier'),
    },
  },
  visit: {
    single: true,
    inside: [],
    fields: {
      id: one('identifier'),
      otherIds: many('identifier'),
      class: one('text'),
      status: one('text'),
      type: one('coded'),
      at: one('instant'),
      end: one('instant'),
      department: one('text'),
      ward: one('text'),
      room: one('text'),
      bed: one('text'),
      location: one('text'),
      priorLocation: one('text'),
      doctor: one('person'),
      referrer: one('person'),
      consultants: many('person'),
      admitter: one('person'),
      reason: one('coded'),
      complaint: one('text'),
      notes: one('text'),
      disposition: one('coded'),
      admitSource: one('coded'),
      priority: one('coded'),
      token: one('text'),
      service: one('coded'),
      reAdmission: one('flag'),
      /** What somebody needs while they stay: a wheelchair, oxygen, care in pregnancy. */
      arrangements: many('coded'),
      diet: many('coded'),
      fee: one('number'),
      followUp: one('date'),
      referredTo: one('text'),
    },
  },
  appointment: {
    single: true,
    inside: [],
    fields: {
      id: one('identifier'),
      otherIds: many('identifier'),
      status: one('text'),
      start: one('instant'),
      end: one('instant'),
      minutes: one('number'),
      reason: one('coded'),
      type: one('coded'),
      service: one('coded'),
      department: one('text'),
      doctor: one('person'),
      /** Who else takes part. */
      others: many('person'),
      location: one('text'),
      notes: one('text'),
      bookedAt: one('instant'),
      token: one('text'),
    },
  },
  problem: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      code: one('coded'),
      status: one('text'),
      verification: one('text'),
      category: one('text'),
      severity: one('coded'),
      onset: one('instant'),
      end: one('instant'),
      recorded: one('instant'),
      by: one('person'),
      rank: one('number'),
      notes: one('text'),
      site: one('coded'),
    },
  },
  /** What a mixture is made of. */
  ingredient: {
    single: false,
    inside: [],
    fields: {
      drug: one('coded'),
      amount: one('measure'),
    },
  },
  medication: {
    single: false,
    inside: ['ingredient'],
    fields: {
      id: one('identifier'),
      otherIds: many('identifier'),
      drug: one('coded'),
      form: one('coded'),
      strength: one('measure'),
      dose: many('dose'),
      quantity: one('measure'),
      refills: one('number'),
      days: one('number'),
      status: one('text'),
      intent: one('text'),
      kind: one('text'),
      start: one('instant'),
      end: one('instant'),
      at: one('instant'),
      by: one('person'),
      reason: one('coded'),
      notes: one('text'),
      route: one('coded'),
      substitution: one('flag'),
      dispensedAt: one('instant'),
      dispenser: one('person'),
      dispenseQuantity: one('measure'),
    },
  },
  /** What was asked for: a test, an X-ray, a referral. */
  order: {
    single: false,
    inside: ['note'],
    fields: {
      id: one('identifier'),
      fillerId: one('identifier'),
      groupId: one('identifier'),
      otherIds: many('identifier'),
      /** The order that this one comes from: of a reflex test, an antibiogram. */
      parentId: one('identifier'),
      code: one('coded'),
      status: one('text'),
      intent: one('text'),
      priority: one('text'),
      category: one('text'),
      at: one('instant'),
      due: one('instant'),
      by: one('person'),
      performer: one('person'),
      reason: many('coded'),
      notes: one('text'),
      specimen: one('coded'),
      specimenId: one('identifier'),
    },
  },
  report: {
    single: false,
    inside: ['result', 'note', 'specimen', 'file'],
    fields: {
      id: one('identifier'),
      orderId: one('identifier'),
      otherIds: many('identifier'),
      code: one('coded'),
      category: one('coded'),
      status: one('text'),
      at: one('instant'),
      end: one('instant'),
      issued: one('instant'),
      received: one('instant'),
      by: one('person'),
      interpreter: one('person'),
      orderer: one('person'),
      specimen: one('coded'),
      specimenId: one('identifier'),
      conclusion: one('text'),
      notes: one('text'),
    },
  },
  specimen: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      type: one('coded'),
      site: one('coded'),
      collected: one('instant'),
      received: one('instant'),
      /** Haemolysed, clotted; why it was rejected. */
      condition: many('coded'),
      accession: one('identifier'),
      notes: one('text'),
    },
  },
  /** An observation: inside a report, or by itself (vital signs, social history). */
  result: {
    single: false,
    inside: ['note'],
    fields: {
      id: one('identifier'),
      subId: one('text'),
      code: one('coded'),
      value: one('measure'),
      /** HL7 v2: several values of one observation, where `value` is empty; they become components. */
      repeated: many('measure'),
      unit: one('text'),
      range: one('text'),
      flag: one('text'),
      /** Further flags. */
      flags: many('text'),
      status: one('text'),
      /** Why there is no value (data-absent-reason), where that is told. */
      absent: one('text'),
      at: one('instant'),
      method: one('coded'),
      by: one('person'),
      /** The laboratory that measured, where it is another house. */
      house: one('text'),
      category: one('text'),
      notes: one('text'),
      site: one('coded'),
      section: one('text'),
    },
  },
  note: { single: false, inside: [], fields: { text: one('text'), at: one('instant'), by: one('person') } },
  allergy: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      code: one('coded'),
      category: one('text'),
      type: one('text'),
      criticality: one('text'),
      severity: one('text'),
      reaction: many('coded'),
      onset: one('instant'),
      status: one('text'),
      verification: one('text'),
      recorded: one('instant'),
      by: one('person'),
      notes: one('text'),
    },
  },
  procedure: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      code: one('coded'),
      status: one('text'),
      at: one('instant'),
      end: one('instant'),
      by: one('person'),
      assistants: many('person'),
      category: one('coded'),
      reason: one('coded'),
      site: many('coded'),
      outcome: one('coded'),
      notes: one('text'),
    },
  },
  immunization: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      vaccine: one('coded'),
      status: one('text'),
      at: one('instant'),
      lot: one('text'),
      expires: one('date'),
      manufacturer: one('text'),
      dose: one('measure'),
      number: one('text'),
      route: one('coded'),
      site: one('coded'),
      by: one('person'),
      reason: one('coded'),
      notes: one('text'),
      reported: one('flag'),
      recorded: one('instant'),
      refusal: one('coded'),
    },
  },
  document: {
    single: false,
    inside: ['file'],
    fields: {
      id: one('identifier'),
      otherIds: many('identifier'),
      type: one('coded'),
      category: one('coded'),
      status: one('text'),
      docStatus: one('text'),
      at: one('instant'),
      by: one('person'),
      authenticator: one('person'),
      title: one('text'),
      text: one('text'),
      file: one('attachment'),
    },
  },
  file: { single: false, inside: [], fields: { file: one('attachment') } },
  /** What was charged for: becomes a ChargeItem. */
  charge: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      code: one('coded'),
      status: one('text'),
      at: one('instant'),
      quantity: one('number'),
      amount: one('number'),
      currency: one('text'),
      by: one('person'),
      enterer: one('person'),
      reason: many('coded'),
    },
  },
  /** An insurance policy: becomes a Coverage. */
  insurance: {
    single: false,
    inside: [],
    fields: {
      id: one('identifier'),
      payer: one('text'),
      payerId: one('identifier'),
      plan: one('text'),
      groupNumber: one('text'),
      subscriber: one('name'),
      relationship: one('coded'),
      from: one('date'),
      to: one('date'),
    },
  },
} as const

export type Groups = typeof groups
export type Group = keyof Groups
type Value<F> = F extends { kind: infer K extends Kind; many: infer M }
  ? M extends true
    ? readonly (Kinds[K] | Clear)[] | Clear
    : Kinds[K] | Clear
  : never
type Nested<G extends Group> = Groups[G]['inside'][number] extends infer N extends Group
  ? { [K in N]?: Part<K>[] }
  : object

/** The fields of one group, and the groups nested in it. */
export type Part<G extends Group> = {
  -readonly [F in keyof Groups[G]['fields']]?: Value<Groups[G]['fields'][F]>
} & Nested<G>

/** One record of a facility, in our own words. */
export type Canonical = { [G in Group]?: Groups[G]['single'] extends true ? Part<G> : Part<G>[] }
