/**
 * What hospitals in the Hindi belt call a column, in English, in Hindi and in Hindi typed with Latin letters, by the field
 * it means. (A long file: it is one table.) A header is compared word by word (headers.ts), so order, case, punctuation and small slips do not matter, and
 * `pt`, `patient`, `मरीज` are one word (see `same` there).
 */
export interface Meaning {
  /** A canonical field (`patient.name`), or what stands in for one: `age`, `serial`, `time` (of the visit), `ignore`. */
  readonly field: string
  readonly words: readonly string[]
  /** The kind its values have (profiles.ts); a column whose values look otherwise is doubted. */
  readonly looks?: readonly Look[]
  /** It may stand in numbered columns: `Drug 1`, `Drug 2` … */
  readonly numbered?: boolean
}

export type Look =
  | 'mobile'
  | 'abha'
  | 'icd10'
  | 'date'
  | 'datetime'
  | 'time'
  | 'sex'
  | 'age'
  | 'name'
  | 'pin'
  | 'dose'
  | 'number'
  | 'measure'
  | 'id'
  | 'email'
  | 'text'
  | 'code'
  | 'flag'

export const lexicon: readonly Meaning[] = [
  {
    field: 'patient.localId',
    looks: ['id', 'number'],
    words: [
      'uhid',
      'mrn',
      'patient id',
      'registration no',
      'reg no',
      'hospital no',
      'cr no',
      'opd card no',
      'file no',
      'patient code',
      'mr no',
      'पंजीयन क्रमांक',
      'पंजीकरण संख्या',
      'मरीज आईडी',
      'रोगी क्रमांक',
      'कार्ड नंबर',
      'यूएचआईडी',
      'panjiyan kramank',
    ],
  },
  {
    field: 'patient.name',
    looks: ['name'],
    words: [
      'name',
      'patient name',
      'full name',
      'name of patient',
      'नाम',
      'मरीज का नाम',
      'रोगी का नाम',
      'नाम मरीज',
      'naam',
      'mareej ka naam',
    ],
  },
  { field: 'patient.givenName', looks: ['name'], words: ['first name', 'given name', 'fname', 'पहला नाम'] },
  {
    field: 'patient.familyName',
    looks: ['name'],
    words: ['last name', 'surname', 'family name', 'lname', 'उपनाम', 'सरनेम'],
  },
  {
    field: 'patient.relation',
    looks: ['name'],
    words: [
      'father name',
      'husband name',
      'father husband name',
      'guardian name',
      's/o',
      'd/o w/o',
      'relative name',
      'c/o',
      'care of',
      'पिता का नाम',
      'पति का नाम',
      'पिता पति का नाम',
      'पिता',
      'पति',
      'अभिभावक',
      'pita ka naam',
      'pati ka naam',
    ],
  },
  {
    field: 'patient.mother',
    looks: ['name'],
    words: ['mother name', 'माता का नाम', 'माता', 'मां का नाम', 'mata ka naam'],
  },
  { field: 'patient.sex', looks: ['sex'], words: ['sex', 'gender', 'm f', 'लिंग', 'ling'] },
  {
    field: 'patient.birth',
    looks: ['date'],
    words: ['dob', 'date of birth', 'birth date', 'd o b', 'जन्म तिथि', 'जन्म तारीख', 'जन्मतिथि', 'janm tithi'],
  },
  {
    field: 'age',
    looks: ['age', 'number'],
    words: ['age', 'age yrs', 'age years', 'patient age', 'उम्र', 'आयु', 'umar', 'aayu', 'age y m d'],
  },
  {
    field: 'patient.phones',
    looks: ['mobile', 'number'],
    words: [
      'mobile',
      'mobile no',
      'phone',
      'contact no',
      'phone no',
      'contact',
      'mob',
      'cell',
      'telephone',
      'whatsapp no',
      'मोबाइल',
      'मोबाइल नंबर',
      'फोन',
      'फ़ोन नंबर',
      'दूरभाष',
      'संपर्क',
      'मो नं',
    ],
  },
  { field: 'patient.email', looks: ['email'], words: ['email', 'e mail', 'email id', 'ईमेल'] },
  {
    field: 'patient.address',
    looks: ['text', 'name'],
    words: ['address', 'residence', 'full address', 'village', 'addr', 'पता', 'निवास', 'ग्राम', 'गांव', 'pata'],
  },
  { field: 'patient.city', looks: ['text', 'name'], words: ['city', 'town', 'शहर', 'नगर'] },
  { field: 'patient.district', looks: ['text', 'name'], words: ['district', 'dist', 'जिला', 'jila'] },
  { field: 'patient.state', looks: ['text', 'name'], words: ['state', 'राज्य'] },
  {
    field: 'patient.pin',
    looks: ['pin', 'number'],
    words: ['pin', 'pincode', 'pin code', 'postal code', 'zip', 'पिन', 'पिन कोड'],
  },
  {
    field: 'patient.abha',
    looks: ['abha', 'id'],
    words: ['abha', 'abha no', 'abha number', 'health id', 'abha id', 'आभा', 'आभा नंबर', 'आभा आईडी', 'हेल्थ आईडी'],
  },
  { field: 'patient.abhaAddress', looks: ['email', 'id'], words: ['abha address', 'phr address', 'आभा पता'] },
  {
    field: 'patient.aadhaar',
    words: ['aadhaar', 'aadhar', 'adhar no', 'aadhaar no', 'uid', 'आधार', 'आधार नंबर', 'आधार क्रमांक'],
  },
  {
    field: 'patient.otherIds',
    looks: ['id', 'number'],
    words: ['ration card no', 'ayushman card', 'pmjay id', 'bpl no', 'राशन कार्ड', 'आयुष्मान कार्ड'],
  },
  { field: 'patient.marital', looks: ['text', 'code'], words: ['marital status', 'वैवाहिक स्थिति'] },
  { field: 'patient.religion', looks: ['text'], words: ['religion', 'caste', 'category', 'धर्म', 'जाति'] },
  {
    field: 'visit.id',
    looks: ['id', 'number'],
    words: [
      'visit id',
      'visit no',
      'opd no',
      'opd number',
      'ipd no',
      'encounter id',
      'episode no',
      'admission no',
      'ticket no',
      'ओपीडी नंबर',
      'ओपीडी क्रमांक',
      'आईपीडी नंबर',
      'भर्ती क्रमांक',
      'पर्ची क्रमांक',
      'parchi no',
    ],
  },
  {
    field: 'visit.at',
    looks: ['date', 'datetime'],
    words: [
      'date',
      'visit date',
      'opd date',
      'date of visit',
      'admission date',
      'date of admission',
      'doa',
      'registration date',
      'encounter date',
      'दिनांक',
      'तारीख',
      'तिथि',
      'भर्ती दिनांक',
      'भर्ती की तारीख',
      'dinank',
      'tarikh',
    ],
  },
  { field: 'time', looks: ['time'], words: ['time', 'visit time', 'समय', 'samay', 'admission time'] },
  {
    field: 'visit.end',
    looks: ['date', 'datetime'],
    words: ['discharge date', 'date of discharge', 'dod', 'छुट्टी दिनांक', 'डिस्चार्ज दिनांक', 'छुट्टी की तारीख'],
  },
  {
    field: 'visit.class',
    looks: ['code', 'text'],
    words: ['visit type', 'patient type', 'opd ipd', 'encounter class', 'प्रकार'],
  },
  {
    field: 'visit.department',
    looks: ['text', 'code', 'name'],
    words: ['department', 'dept', 'clinic', 'speciality', 'specialty', 'unit', 'विभाग', 'vibhag'],
  },
  {
    field: 'visit.doctor',
    looks: ['name'],
    words: [
      'doctor',
      'doctor name',
      'consultant',
      'physician',
      'treating doctor',
      'dr',
      'seen by',
      'attending',
      'डॉक्टर',
      'चिकित्सक',
      'डॉक्टर का नाम',
      'चिकित्सक का नाम',
      'doctor ka naam',
    ],
  },
  {
    field: 'visit.referrer',
    looks: ['name'],
    words: ['referred by', 'ref doctor', 'referring doctor', 'ref by', 'रेफर किया'],
  },
  { field: 'visit.referredTo', looks: ['name', 'text'], words: ['referred to', 'refer to', 'रेफर'] },
  { field: 'visit.ward', looks: ['text', 'code', 'name'], words: ['ward', 'ward name', 'वार्ड'] },
  { field: 'visit.bed', looks: ['id', 'number', 'code', 'text'], words: ['bed', 'bed no', 'बेड', 'बिस्तर', 'पलंग'] },
  {
    field: 'visit.complaint',
    looks: ['text', 'name'],
    words: [
      'complaint',
      'chief complaint',
      'symptoms',
      'presenting complaint',
      'c/o complaint',
      'reason for visit',
      'शिकायत',
      'तकलीफ',
      'लक्षण',
      'takleef',
    ],
  },
  {
    field: 'visit.disposition',
    looks: ['text', 'code'],
    words: [
      'outcome',
      'discharge status',
      'disposition',
      'discharge type',
      'result of treatment',
      'परिणाम',
      'छुट्टी की स्थिति',
    ],
  },
  { field: 'visit.token', looks: ['number', 'id'], words: ['token', 'token no', 'queue no', 'टोकन', 'टोकन नंबर'] },
  {
    field: 'visit.fee',
    looks: ['number', 'measure'],
    words: ['fee', 'fees', 'amount', 'charges', 'opd fee', 'शुल्क', 'फीस', 'राशि'],
  },
  {
    field: 'visit.followUp',
    looks: ['date'],
    words: ['follow up', 'next visit', 'review date', 'follow up date', 'अगली तारीख', 'पुनः दिखाएं'],
  },
  {
    field: 'visit.notes',
    looks: ['text', 'name'],
    words: ['remarks', 'notes', 'comment', 'advice', 'टिप्पणी', 'रिमार्क', 'सलाह'],
  },
  {
    field: 'appointment.start',
    looks: ['date', 'datetime'],
    words: [
      'appointment date',
      'appointment time',
      'slot',
      'slot time',
      'booking for',
      'appt date',
      'अपॉइंटमेंट',
      'अपॉइंटमेंट दिनांक',
    ],
  },
  {
    field: 'appointment.id',
    looks: ['id', 'number'],
    words: ['appointment id', 'appointment no', 'booking id', 'booking no'],
  },
  { field: 'appointment.status', looks: ['code', 'text'], words: ['appointment status', 'booking status'] },
  {
    field: 'problem',
    looks: ['text', 'icd10', 'name', 'code'],
    numbered: true,
    words: [
      'diagnosis',
      'provisional diagnosis',
      'final diagnosis',
      'disease',
      'dx',
      'illness',
      'निदान',
      'रोग',
      'बीमारी',
      'bimari',
      'rog',
    ],
  },
  {
    field: 'problem.icd10',
    looks: ['icd10'],
    numbered: true,
    words: ['icd', 'icd 10', 'icd code', 'icd10', 'icd 10 code', 'diagnosis code'],
  },
  {
    field: 'medication.drug',
    looks: ['text', 'name', 'code'],
    numbered: true,
    words: [
      'drug',
      'medicine',
      'drug name',
      'medicine name',
      'rx',
      'tablet',
      'prescription',
      'item name',
      'दवा',
      'दवाई',
      'औषधि',
      'दवा का नाम',
      'dawa',
      'davai',
    ],
  },
  {
    field: 'medication.dose',
    looks: ['dose', 'text', 'code'],
    numbered: true,
    words: ['dose', 'dosage', 'frequency', 'freq', 'sig', 'how to take', 'खुराक', 'मात्रा कब', 'khurak', 'सेवन विधि'],
  },
  {
    field: 'medication.days',
    looks: ['number', 'text', 'age'],
    numbered: true,
    words: ['days', 'duration', 'no of days', 'दिन', 'अवधि', 'din'],
  },
  {
    field: 'medication.quantity',
    looks: ['number', 'measure'],
    numbered: true,
    words: ['qty', 'quantity', 'issued qty', 'मात्रा', 'संख्या'],
  },
  {
    field: 'result.code',
    looks: ['text', 'code', 'name'],
    words: [
      'test',
      'test name',
      'investigation',
      'parameter',
      'analyte',
      'test code',
      'जांच',
      'जाँच',
      'जांच का नाम',
      'परीक्षण',
      'janch',
    ],
  },
  {
    field: 'result.value',
    looks: ['measure', 'number', 'text'],
    words: ['result', 'value', 'observed value', 'reading', 'finding', 'परिणाम', 'मान', 'जांच परिणाम', 'result value'],
  },
  { field: 'result.unit', looks: ['text', 'code'], words: ['unit', 'units', 'uom', 'इकाई'] },
  {
    field: 'result.range',
    looks: ['text', 'measure'],
    words: ['range', 'reference range', 'normal range', 'normal value', 'biological ref interval', 'सामान्य सीमा'],
  },
  {
    field: 'report.id',
    looks: ['id', 'number'],
    words: ['report no', 'lab no', 'report id', 'sample no', 'accession no', 'bill no', 'लैब नंबर', 'रिपोर्ट नंबर'],
  },
  {
    field: 'report.at',
    looks: ['date', 'datetime'],
    words: [
      'sample date',
      'collection date',
      'test date',
      'sample collected',
      'date of collection',
      'जांच दिनांक',
      'सैंपल दिनांक',
    ],
  },
  {
    field: 'report.issued',
    looks: ['date', 'datetime'],
    words: ['report date', 'reported on', 'date of report', 'रिपोर्ट दिनांक'],
  },
  { field: 'report.orderer', looks: ['name'], words: ['ordered by', 'advised by', 'ref doctor'] },
  { field: 'specimen.type', looks: ['text', 'code'], words: ['specimen', 'sample', 'sample type', 'नमूना', 'सैंपल'] },
  {
    field: 'vital.weight',
    looks: ['number', 'measure'],
    words: ['weight', 'wt', 'wt kg', 'weight kg', 'वजन', 'vajan'],
  },
  { field: 'vital.height', looks: ['number', 'measure'], words: ['height', 'ht', 'ht cm', 'height cm', 'ऊंचाई', 'कद'] },
  { field: 'vital.pulse', looks: ['number', 'measure'], words: ['pulse', 'pr', 'heart rate', 'hr', 'नाड़ी'] },
  { field: 'vital.temperature', looks: ['number', 'measure'], words: ['temp', 'temperature', 'fever temp', 'तापमान'] },
  { field: 'vital.systolic', looks: ['number'], words: ['bp systolic', 'sbp', 'systolic'] },
  { field: 'vital.diastolic', looks: ['number'], words: ['bp diastolic', 'dbp', 'diastolic'] },
  { field: 'vital.spo2', looks: ['number', 'measure'], words: ['spo2', 'oxygen', 'saturation', 'o2 sat'] },
  { field: 'allergy.code', looks: ['text', 'name'], words: ['allergy', 'allergies', 'drug allergy', 'एलर्जी'] },
  {
    field: 'immunization.vaccine',
    looks: ['text', 'code', 'name'],
    words: ['vaccine', 'vaccine name', 'vaccination', 'टीका', 'टीके का नाम'],
  },
  {
    field: 'procedure.code',
    looks: ['text', 'name', 'code'],
    words: ['procedure', 'operation', 'surgery', 'procedure name', 'ऑपरेशन', 'शल्य क्रिया'],
  },
  {
    field: 'updated',
    looks: ['datetime', 'date'],
    words: ['updated', 'last updated', 'modified', 'updated on', 'updated at', 'अद्यतन'],
  },
  {
    field: 'serial',
    looks: ['number'],
    words: ['s no', 'sr no', 'sno', 'sl no', 'serial no', 'क्रमांक', 'क्र', 'सरल क्रमांक', 'अनु क्रमांक'],
  },
]
