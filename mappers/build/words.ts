/**
 * Words for states, in the senders' languages, as R4's required codes. A word that is not here is `unknown` where R4 has
 * that, else left out.
 */
const table = {
  class: {
    AMB: 'amb ambulatory outpatient out-patient opd op o r recurring clinic ओपीडी बाह्य',
    IMP: 'imp inpatient in-patient ipd ip i admitted admission acute nonac b obstetrics आईपीडी भर्ती',
    EMER: 'emer emergency er e ed casualty trauma आपातकालीन',
    PRENC: 'prenc preadmit p pre-admission',
    SS: 'ss daycare day-care short-stay daysurgery',
    HH: 'hh home home-visit',
    VR: 'vr virtual teleconsultation telemedicine online tele',
    OBSENC: 'obsenc observation',
    FLD: 'fld field camp outreach',
  },
  visit: {
    planned: 'planned scheduled pending pre-admit preadmit booked',
    arrived: 'arrived registered checked-in waiting',
    triaged: 'triaged',
    'in-progress': 'in-progress in_progress inprogress active admitted started current open ongoing',
    onleave: 'onleave on-leave leave',
    finished: 'finished completed complete discharged closed done left consulted',
    cancelled: 'cancelled canceled cancel aborted called-off रद्द',
    'entered-in-error': 'entered-in-error error mistake',
  },
  appointment: {
    proposed: 'proposed requested',
    pending: 'pending',
    booked: 'booked scheduled confirmed new rescheduled modified overbook book active',
    arrived: 'arrived',
    fulfilled: 'fulfilled completed complete seen done finished attended',
    cancelled: 'cancelled canceled cancel deleted dc discontinued रद्द',
    noshow: 'noshow no-show no_show absent missed dna',
    'entered-in-error': 'entered-in-error error',
    'checked-in': 'checked-in checkedin started in-progress',
    waitlist: 'waitlist waiting waitlisted',
  },
  clinical: {
    active: 'active a current ongoing open 55561003',
    recurrence: 'recurrence recurrent',
    relapse: 'relapse',
    inactive: 'inactive i 73425007',
    remission: 'remission',
    resolved: 'resolved cured closed completed past healed 413322009',
  },
  verification: {
    unconfirmed: 'unconfirmed suspected query',
    provisional: 'provisional working w p admitting a',
    differential: 'differential d',
    confirmed: 'confirmed final f definite established',
    refuted: 'refuted ruled-out excluded',
    'entered-in-error': 'entered-in-error error',
  },
  problem: {
    'problem-list-item': 'problem-list-item problem chronic comorbidity history problem-list',
    'encounter-diagnosis':
      'encounter-diagnosis diagnosis visit provisional final primary secondary admitting discharge',
  },
  medication: {
    active: 'active new nw current ongoing in-progress ip sc a order ordered',
    'on-hold': 'on-hold hold hd onhold suspended',
    cancelled: 'cancelled canceled cancel ca oc',
    completed: 'completed complete cm finished done dispensed',
    'entered-in-error': 'entered-in-error error er',
    stopped: 'stopped dc discontinued aborted',
    draft: 'draft',
  },
  administration: {
    completed: 'completed cp complete given done administered',
    'in-progress': 'in-progress pa active started',
    'not-done': 'not-done na re refused notdone',
    'on-hold': 'on-hold hold',
    stopped: 'stopped aborted',
    'entered-in-error': 'entered-in-error error',
  },
  medicationIntent: {
    proposal: 'proposal',
    plan: 'plan int intent',
    order: 'order rqo prescription new',
    'original-order': 'original-order',
    'reflex-order': 'reflex-order',
    'filler-order': 'filler-order',
    'instance-order': 'instance-order',
    option: 'option',
  },
  order: {
    draft: 'draft',
    active: 'active new nw ip sc a in-progress scheduled ordered pending',
    'on-hold': 'on-hold hold hd onhold',
    revoked: 'revoked ca oc dc cancelled canceled cancel discontinued aborted',
    completed: 'completed complete cm finished done reported',
    'entered-in-error': 'entered-in-error error er',
  },
  orderIntent: {
    proposal: 'proposal',
    plan: 'plan int',
    directive: 'directive',
    order: 'order rqo new',
    'original-order': 'original-order',
    'filler-order': 'filler-order',
  },
  priority: {
    routine: 'routine r normal',
    urgent: 'urgent u t',
    asap: 'asap a p',
    stat: 'stat s emergency',
  },
  charge: {
    billable: 'billable cg charge',
    'not-billable': 'not-billable cd credit',
    billed: 'billed',
    aborted: 'aborted',
  },
  report: {
    registered: 'registered o i s ordered scheduled received',
    partial: 'partial r',
    preliminary: 'preliminary p prelim interim provisional draft unverified',
    final:
      'final f complete completed verified authorised authorized approved released v reported signed validated printed',
    amended: 'amended a revised',
    corrected: 'corrected c correction',
    appended: 'appended addendum m',
    cancelled: 'cancelled canceled x cancel rejected',
    'entered-in-error': 'entered-in-error error w d',
  },
  result: {
    registered: 'registered i n o ordered',
    preliminary: 'preliminary p r s prelim interim provisional draft partial unverified',
    final:
      'final f u b v complete completed verified authorised authorized approved released reported signed validated printed',
    amended: 'amended a',
    corrected: 'corrected c correction',
    cancelled: 'cancelled canceled x cancel rejected',
    'entered-in-error': 'entered-in-error error w d',
  },
  /** https://hl7.org/fhir/R4/valueset-data-absent-reason.html */
  absent: {
    unknown: 'unknown',
    'temp-unknown': 'temp-unknown pending awaited',
    'not-asked': 'not-asked',
    'not-performed': 'not-performed not-done cancelled',
    error: 'error',
    masked: 'masked',
    unsupported: 'unsupported',
  },
  observation: {
    laboratory: 'laboratory lab pathology',
    'vital-signs': 'vital-signs vital vitals vs',
    imaging: 'imaging radiology rad xray',
    'social-history': 'social-history social',
    exam: 'exam examination',
    survey: 'survey',
    procedure: 'procedure',
    therapy: 'therapy',
    activity: 'activity',
  },
  allergy: {
    food: 'food fa f',
    medication: 'medication drug da ma md dalg medicine दवा',
    environment: 'environment environmental ea pa aa la pollen animal env',
    biologic: 'biologic',
  },
  allergyType: { allergy: 'allergy alg al', intolerance: 'intolerance int in' },
  criticality: {
    low: 'low criticality-low crl mild mi',
    high: 'high criticality-high crh severe sv',
    'unable-to-assess': 'unable-to-assess cru unknown u',
  },
  severity: {
    mild: 'mild mi low 255604002',
    moderate: 'moderate mo medium 6736007',
    severe: 'severe sv high 24484000',
  },
  allergyStatus: { active: 'active a current', inactive: 'inactive i', resolved: 'resolved' },
  procedure: {
    preparation: 'preparation planned scheduled',
    'in-progress': 'in-progress active started',
    'not-done': 'not-done cancelled canceled notdone',
    'on-hold': 'on-hold suspended',
    stopped: 'stopped aborted',
    completed: 'completed complete done finished performed final',
    'entered-in-error': 'entered-in-error error',
  },
  immunization: {
    completed: 'completed cp complete given done administered pa',
    'not-done': 'not-done na re refused notdone',
    'entered-in-error': 'entered-in-error error',
  },
  document: {
    current: 'current active final au la do in av available authenticated',
    superseded: 'superseded replaced obsolete ob',
    'entered-in-error': 'entered-in-error ca cancelled canceled error un',
  },
  documentStatus: {
    preliminary: 'preliminary pa pre-authenticated in ip di incomplete dictated draft',
    final: 'final au la do authenticated legally-authenticated complete completed documented',
    amended: 'amended corrected',
    'entered-in-error': 'entered-in-error error ca',
  },
} as const

type Table = typeof table
export type Words = keyof Table

const codes = new Map<string, ReadonlyMap<string, string>>(
  Object.entries(table).map(([name, rows]) => [
    name,
    new Map(
      Object.entries(rows as Record<string, string>)
        .toReversed() // a word in two rows means the first of them
        .flatMap(([value, words]) => words.split(' ').map((word) => [word, value] as const)),
    ),
  ]),
)

/** The R4 code for a sender's word; undefined for none or one that is not known. */
export function codeFor<T extends Words>(name: T, word: string | undefined): keyof Table[T] | undefined {
  if (word === undefined) return undefined
  const rows = codes.get(name)
  const exact = rows?.get(word)
  if (exact !== undefined) return exact as keyof Table[T]
  const key = word.normalize('NFC').trim().toLowerCase()
  return (rows?.get(key) ?? rows?.get(key.replace(/[\s_]+/g, '-'))) as keyof Table[T] | undefined
}
