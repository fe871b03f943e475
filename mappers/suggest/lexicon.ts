import type { Look } from './columns/looks.ts'

/**
 * What hospitals in the Hindi belt call a column, in English, in Hindi and in Hindi typed with Latin letters, by the field
 * it means. (A long file: it is one table.) A header is compared word by word (columns/words.ts, likeness.ts), so order, case,
 * punctuation and small slips do not matter, and `pt`, `patient`, `मरीज` are one word (columns/synonyms.ts).
 */
export interface Meaning {
  /** A canonical field (`patient.name`), or what stands in for one: `age`, `serial`, `time`; two in one: `age.sex`. */
  readonly field: string
  readonly words: readonly string[]
  /** The kind its values have (columns/looks.ts); a column whose values look otherwise is doubted. */
  readonly looks?: readonly Look[]
  /** It may stand in numbered columns: `Drug 1`, `Drug 2` … */
  readonly numbered?: boolean
  /** A word more changes what it means (`Fundal Ht`, `Next Appt`): only a header that says nearly nothing else counts. */
  readonly strict?: boolean
  /** Two columns may mean it. */
  readonly twice?: boolean
}

// prettier-ignore
export const lexicon: readonly Meaning[] = [
  {
    field: 'patient.localId', strict: true, looks: ['id', 'number'], words: [
      'patient no', 'mrd no', 'mrd', 'emr no', 'client id', 'reg id', 'hosp no', 'मरीज क्रमांक', 'uhid', 'mrn', 'patient id',
      'registration no', 'reg no', 'hospital no', 'cr no', 'opd card no', 'file no', 'patient code', 'mr no', 'पंजीयन क्रमांक',
      'पंजीकरण संख्या', 'मरीज आईडी', 'रोगी क्रमांक', 'कार्ड नंबर', 'यूएचआईडी', 'panjiyan kramank', 'pid', 'patient reg no', 'card no',
      'op card no', 'unique id', 'health card no', 'member id', 'rch id', 'anc no', 'mcts id', 'hid', 'customer id', 'beneficiary id',
      'reg number', 'अस्पताल क्रमांक', 'पंजी क्रमांक', 'uid no', 'id no', 'patient number', 'pt id', 'nikshay id', 'donor id',
      'hospital id', 'case sheet no', 'person id', 'patient uid', 'individual id', 'registration id', 'patient uuid',
      'opd registration card',
    ],
  },
  {
    field: 'patient.name', strict: true, looks: ['name'], words: [
      'name', 'patient', 'patient name', 'full name', 'name of patient', 'नाम', 'मरीज का नाम', 'रोगी का नाम', 'नाम मरीज', 'naam',
      'mareej ka naam', 'child name', 'cust name', 'customer name', 'beneficiary name', 'beneficiary', 'name of child',
      'name of beneficiary', 'name of pw', 'name of woman', 'client name', 'pname', 'patient full name', 'member name', 'बच्चे का नाम',
      'शिशु का नाम', 'हितग्राही का नाम', 'रोगी', 'bacche ka naam', 'rogi ka naam', 'marij ka naam', 'donor name', 'pregnant woman name',
      'mareez', 'person name', 'name of deceased', 'deceased name', 'student name', 'employee name', 'name of the patient',
      'patients full name', 'name in full', 'infant name', 'name of baby', 'baby name',
    ],
  },
  { field: 'patient.givenName', looks: ['name'], words: ['first name', 'given name', 'fname', 'पहला नाम', 'given name of patient'] },
  { field: 'patient.prefix', strict: true, looks: ['text', 'code'], words: ['salutation', 'title', 'prefix', 'mr mrs', 'initial'] },
  { field: 'patient.middleName', strict: true, looks: ['name', 'text'], words: ['middle name', 'mname', 'second name'] },
  {
    field: 'patient.familyName', looks: ['name'], words: [
      'last name', 'surname', 'family name', 'lname', 'उपनाम', 'सरनेम', 'surname of patient',
    ],
  },
  {
    field: 'patient.relation', strict: true, looks: ['name'], words: [
      'guardian', 'father husband', 'relation', 'f h name', 'attendant name', 'father name', 'husband name', 'father husband name',
      'guardian name', 's/o', 'd/o w/o', 'relative name', 'c/o', 'care of', 'पिता का नाम', 'पति का नाम', 'पिता पति का नाम', 'पिता', 'पति',
      'अभिभावक', 'pita ka naam', 'pati ka naam', 'father', 'husband', 'name of husband', 'name of father', 'spouse name', 'relative',
      'kin name', 'next of kin', 's/o w/o d/o', 'guardian father husband', 'so wo do', 'पिता अथवा पति का नाम', 'पति पिता का नाम',
    ],
  },
  {
    field: 'patient.mother', strict: true, looks: ['name'], words: [
      'mother name', 'माता का नाम', 'माता', 'मां का नाम', 'mata ka naam', 'mother', 'name of mother', 'mata', 'माता नाम',
    ],
  },
  {
    field: 'patient.sex', strict: true, looks: ['sex'], words: [
      'स्त्री पुरुष', 'महिला पुरुष', 'male female', 'gender m f', 'gen', 'sex', 'gender', 'm f', 'लिंग', 'ling', 'sx', 'sex of child',
    ],
  },
  {
    field: 'patient.birth', strict: true, looks: ['date', 'year'], words: [
      'dob', 'date of birth', 'birth date', 'd o b', 'जन्म तिथि', 'जन्म तारीख', 'जन्मतिथि', 'janm tithi', 'birthdate', 'birth dt',
      'dt of birth', 'date of birth of child', 'जन्म दिनांक', 'janm dinank', 'birth year', 'year of birth', 'yob',
    ],
  },
  {
    field: 'age', strict: true, looks: ['age', 'number'], words: [
      'age', 'age yrs', 'age years', 'patient age', 'उम्र', 'आयु', 'umar', 'aayu', 'age y m d', 'age in years', 'age in yrs',
      'age at visit', 'umra', 'बच्चे की आयु', 'years',
    ],
  },
  {
    field: 'age.unit', strict: true, looks: ['age-unit'], words: [
      'unit', 'age unit', 'unit of age', 'y m d', 'age type', 'years months days', 'age in', 'इकाई',
    ],
  },
  {
    field: 'age.sex', looks: ['age-sex'], words: [
      'age sex', 'sex age', 'age gender', 'age m f', 'उम्र लिंग', 'आयु लिंग', 'umra ling', 'age and sex', 'age gen', 'sex and age',
      'age gender of patient', 'a s',
    ],
  },
  {
    field: 'patient.phones', twice: true, looks: ['mobile', 'number'], words: [
      'mobile', 'mobile no', 'phone', 'contact no', 'phone no', 'contact', 'mob', 'cell', 'telephone', 'whatsapp no', 'मोबाइल',
      'मोबाइल नंबर', 'फोन', 'फ़ोन नंबर', 'दूरभाष', 'संपर्क', 'मो नं', 'mobile number', 'contact number', 'phone number', 'cell no',
      'cust mobile', 'customer mobile', 'patient mobile', 'mobile1', 'phone1', 'primary phone', 'alt mobile', 'phone mobile', 'tel no',
      'मोबाईल', 'मोबाइल संख्या', 'संपर्क नंबर', 'mo no', 'mob no', 'secondary mobile', 'alternate mobile', 'alternate no', 'mobile2',
      'other mobile',
    ],
  },
  { field: 'patient.email', looks: ['email'], words: ['email', 'e mail', 'email id', 'ईमेल'] },
  {
    field: 'patient.address', twice: true, looks: ['text', 'name', 'id', 'number'], words: [
      'gram', 'address', 'residence', 'full address', 'village', 'addr', 'पता', 'निवास', 'ग्राम', 'गांव', 'pata', 'patient address',
      'postal address', 'mohalla', 'ward mohalla', 'locality', 'area', 'gaon', 'place', 'line1', 'address line1', 'street', 'ग्राम का नाम',
      'मोहल्ला', 'निवासी', 'village town', 'house no', 'h no', 'door no',
    ],
  },
  { field: 'patient.city', looks: ['text', 'name'], words: ['city', 'town', 'शहर', 'नगर', 'city town'] },
  { field: 'patient.district', looks: ['text', 'name'], words: ['district', 'dist', 'जिला', 'jila'] },
  { field: 'patient.state', looks: ['text', 'name'], words: ['state', 'राज्य'] },
  { field: 'patient.pin', looks: ['pin', 'number'], words: ['pin', 'pincode', 'pin code', 'postal code', 'zip', 'पिन', 'पिन कोड'] },
  {
    field: 'patient.abha', strict: true, looks: ['abha', 'id'], words: [
      'abha', 'abha no', 'abha number', 'health id', 'abha id', 'आभा', 'आभा नंबर', 'आभा आईडी', 'हेल्थ आईडी', 'abha card no', 'abha card',
      'ayushman bharat health account', 'health id no', 'ndhm id',
    ],
  },
  {
    field: 'patient.abhaAddress', looks: ['email', 'id'], words: [
      'abha address', 'phr address', 'आभा पता', 'abha addr', 'abha address id',
    ],
  },
  {
    field: 'patient.aadhaar', words: [
      'aadhaar', 'aadhar', 'adhar no', 'aadhaar no', 'uid', 'आधार', 'आधार नंबर', 'आधार क्रमांक', 'aadhaar card', 'aadhar card no',
      'aadhaar number', 'adhar', 'uidai no',
    ],
  },
  {
    field: 'patient.otherIds', strict: true, looks: ['id', 'number'], words: [
      'ration card no', 'ayushman card', 'pmjay id', 'bpl no', 'राशन कार्ड', 'आयुष्मान कार्ड',
    ],
  },
  { field: 'patient.marital', strict: true, looks: ['text', 'code'], words: ['marital status', 'वैवाहिक स्थिति'] },
  { field: 'patient.religion', strict: true, looks: ['text'], words: ['religion', 'caste', 'category', 'धर्म', 'जाति'] },
  {
    field: 'visit.id', strict: true, looks: ['id', 'number'], words: [
      'consult id', 'consultation id', 'consultation no', 'ip no', 'op no', 'ipd number', 'case no', 'indoor no', 'visit id', 'visit no',
      'opd no', 'opd number', 'ipd no', 'encounter id', 'episode no', 'admission no', 'ticket no', 'ओपीडी नंबर', 'ओपीडी क्रमांक',
      'आईपीडी नंबर', 'भर्ती क्रमांक', 'पर्ची क्रमांक', 'parchi no', 'op number', 'opd id', 'opd reg', 'opd reg no', 'opd registration no',
      'visit number', 'admission id', 'ipno', 'ip number', 'ipd reg no', 'session id', 'procedure id', 'ot no', 'case id', 'casualty no',
      'er no', 'mlc no', 'encounter no', 'बाह्य रोगी क्रमांक', 'भर्ती नंबर',
    ],
  },
  {
    field: 'visit.at', looks: ['date', 'datetime'], words: [
      'admitted on', 'dov', 'reg date', 'admit date', 'bill date', 'visited on', 'opd dt', 'date', 'visit date', 'opd date',
      'date of visit', 'admission date', 'date of admission', 'doa', 'registration date', 'encounter date', 'दिनांक', 'तारीख', 'तिथि',
      'भर्ती दिनांक', 'भर्ती की तारीख', 'dinank', 'tarikh', 'visit dt', 'sale date', 'session date', 'bill dt', 'dispensed on',
      'issue date', 'date given', 'date time', 'date and time', 'dt time', 'date of adm', 'adm date', 'adm dt', 'adm date time',
      'admission date time', 'dt of adm', 'date of admission and time', 'admission dt', 'opd visit date', 'consultation date',
      'date of consultation', 'attended on', 'surgery date', 'date of surgery', 'date of operation', 'procedure date', 'date of procedure',
      'treatment date', 'vaccination date', 'date of vaccination', 'entry date', 'arrival date', 'दिनांक समय', 'भर्ती तारीख',
      'टीकाकरण दिनांक', 'arrival date time', 'date of donation', 'donation date', 'treatment start date', 'timestamp', 'created at',
      'visited at', 'datetime', 'encounter time', 'date of session', 'exam date', 'screening date', 'date of screening', 'camp date',
      'encounter datetime', 'visit datetime', 'date of opd', 'date of checkup', 'dispensing date', 'visit date time', 'visit datetime',
      'opd date time', 'date of opd visit', 'dov',
    ],
  },
  {
    field: 'time', strict: true, looks: ['time'], words: [
      'time', 'visit time', 'समय', 'samay', 'admission time', 'in time', 'time in', 'arrival time', 'start time', 'opd time',
      'time of visit', 'reg time', 'time of adm', 'time of admission', 'adm time', 'study time', 'entry time',
    ],
  },
  {
    field: 'visit.end', strict: true, looks: ['date', 'datetime'], words: [
      'discharged on', 'left on', 'discharge date', 'date of discharge', 'dod', 'छुट्टी दिनांक', 'डिस्चार्ज दिनांक', 'छुट्टी की तारीख',
      'discharge dt', 'disch date', 'disch date time', 'discharge date time', 'date of disch', 'disch dt', 'discharge on',
      'dt of discharge',
    ],
  },
  {
    field: 'visit.class', strict: true, looks: ['code', 'text'], words: [
      'visit type', 'patient type', 'opd ipd', 'encounter class', 'प्रकार', 'class',
    ],
  },
  {
    field: 'visit.department', strict: true, looks: ['text', 'code', 'name'], words: [
      'department', 'dept', 'clinic', 'speciality', 'specialty', 'opd dept', 'opd', 'ओपीडी विभाग', 'विभाग', 'vibhag', 'dept name',
      'department name', 'unit dept', 'clinic name', 'specialization', 'opd department',
    ],
  },
  {
    field: 'visit.doctor', strict: true, looks: ['name'], words: [
      'doctor', 'doctor name', 'cons', 'cons doctor', 'consultant', 'physician', 'treating doctor', 'dr', 'seen by', 'attending', 'डॉक्टर',
      'चिकित्सक', 'डॉक्टर का नाम', 'चिकित्सक का नाम', 'doctor ka naam', 'dr name', 'doc name', 'doctor incharge', 'consultant doctor',
      'consulting doctor', 'attending doctor', 'attended by', 'examined by', 'treated by', 'medical officer', 'mo', 'dentist', 'surgeon',
      'operating surgeon', 'ophthalmologist', 'nephrologist', 'unit incharge', 'dr incharge', 'primary consultant', 'doctor consulted',
      'डॉ', 'इलाज करने वाले डॉक्टर', 'provider', 'clinician', 'practitioner', 'doctor on duty', 'duty doctor', 'therapist', 'cardiologist',
      'seen by doctor', 'provider name', 'paediatrician', 'gynaecologist', 'physiotherapist', 'certified by', 'on duty doctor', 'chikitsak',
      'consultant name', 'surgeon name', 'physician name', 'provider name', 'name of doctor', 'doctors name', 'practitioner name',
    ],
  },
  {
    field: 'visit.referrer', strict: true, looks: ['name'], words: [
      'ref by dr', 'ref by', 'referring doctor', 'referred by', 'ref doctor', 'referring doctor', 'ref by', 'रेफर किया', 'referral doctor',
      'referred from', 'ref dr', 'ref physician', 'referring physician', 'referrer', 'भेजने वाले डॉक्टर', 'sent by', 'referred by doctor',
      'refd by',
    ],
  },
  { field: 'visit.referredTo', strict: true, looks: ['name', 'text'], words: ['referred to', 'refer to', 'रेफर'] },
  { field: 'visit.ward', strict: true, looks: ['text', 'code', 'name'], words: ['ward', 'ward name', 'वार्ड'] },
  { field: 'visit.bed', strict: true, looks: ['id', 'number', 'code', 'text'], words: ['bed', 'bed no', 'बेड', 'बिस्तर', 'पलंग'] },
  {
    field: 'visit.complaint', strict: true, looks: ['text', 'name'], words: [
      'complaint', 'c/o', 'chief complaint', 'symptoms', 'presenting complaint', 'c/o complaint', 'reason for visit', 'शिकायत', 'तकलीफ',
      'लक्षण', 'takleef', 'complaints', 'chief complaints', 'presenting complaints', 'cc', 'symptom', 'reason', 'reason of visit',
      'purpose', 'शिकायतें', 'मुख्य शिकायत', 'shikayat', 'lakshan',
    ],
  },
  {
    field: 'visit.disposition', strict: true, looks: ['text', 'code'], words: [
      'outcome', 'discharge status', 'disposition', 'discharge type', 'परिणाम', 'छुट्टी की स्थिति', 'condition at discharge',
      'condition on discharge', 'status at discharge', 'discharge condition', 'disch status', 'disch type', 'mode of discharge',
      'type of discharge', 'outcome at discharge',
    ],
  },
  {
    field: 'visit.token', strict: true, looks: ['number', 'id'], words: [
      'token', 'token no', 'queue no', 'टोकन', 'टोकन नंबर', 'token number', 'q no',
    ],
  },
  {
    field: 'visit.fee', strict: true, looks: ['money', 'measure'], words: [
      'fee', 'fees', 'amount', 'charges', 'opd fee', 'शुल्क', 'फीस', 'राशि', 'consultation fee', 'fee paid', 'fees paid', 'amount rs',
      'bill amount', 'amount paid',
    ],
  },
  {
    field: 'visit.followUp', strict: true, looks: ['date'], words: [
      'follow up', 'next visit', 'review date', 'follow up date', 'अगली तारीख', 'पुनः दिखाएं', 'follow up on', 'next appt',
      'next appointment', 'next visit date', 'review on', 'review dt', 'next date', 'revisit date', 'return date', 'next due date',
      'next due', 'follow up dt', 'fu date', 'अगली जांच', 'अगली मुलाकात', 'अगला दिनांक',
    ],
  },
  {
    field: 'visit.notes', twice: true, looks: ['text', 'name'], words: [
      'remarks', 'notes', 'comment', 'advice', 'टिप्पणी', 'रिमार्क', 'सलाह', 'adv', 'advise', 'advised', 'instructions', 'doctor notes',
      'clinical notes', 'examination', 'o/e', 'on examination', 'findings', 'counselling', 'remark', 'note', 'opinion', 'नोट', 'अन्य',
    ],
  },
  {
    field: 'appointment.start', looks: ['date', 'datetime'], words: [
      'appointment date', 'appointment time', 'slot', 'slot time', 'booking for', 'appt date', 'अपॉइंटमेंट', 'अपॉइंटमेंट दिनांक', 'appt dt',
      'appointment dt', 'appointment on', 'appt on', 'scheduled date', 'booked for', 'booking date for',
    ],
  },
  {
    field: 'appointment.id', strict: true, looks: ['id', 'number'], words: [
      'appointment id', 'appointment no', 'booking id', 'booking no', 'appt id', 'appt no', 'booking ref', 'reservation no',
    ],
  },
  { field: 'appointment.status', strict: true, looks: ['code', 'text'], words: ['appointment status', 'booking status', 'appt status'] },
  {
    field: 'problem', strict: true, numbered: true, looks: ['text', 'icd10', 'name', 'code'], words: [
      'diagnosis', 'provisional diagnosis', 'final diagnosis', 'disease', 'dx', 'illness', 'निदान', 'रोग', 'बीमारी', 'bimari', 'rog',
      'prov diagnosis', 'provisional dx', 'final dx', 'clinical diagnosis', 'diagnosis text', 'primary diagnosis', 'impression diagnosis',
      'known case of', 'k/c/o', 'chief diagnosis', 'disease name', 'condition', 'assessment', 'रोग का नाम', 'बीमारी का नाम',
      'cause of death', 'मृत्यु का कारण',
    ],
  },
  {
    field: 'problem.icd10', numbered: true, looks: ['icd10'], words: [
      'icd', 'icd 10', 'icd code', 'icd10', 'icd 10 code', 'diagnosis code', 'icd 10 codes', 'icd codes', 'dx code', 'diagnosis icd',
      'diagnosis icd 10', 'final diagnosis icd', 'icd no',
    ],
  },
  {
    field: 'medication.drug', strict: true, numbered: true, looks: ['text', 'name', 'code'], words: [
      'drug', 'medicine', 'drug name', 'medicine name', 'rx', 'tablet', 'prescription', 'item name', 'दवा', 'दवाई', 'औषधि', 'दवा का नाम',
      'dawa', 'davai', 'medicines', 'treatment', 'treatment given', 'medication', 'medications', 'drugs', 'medicines advised',
      'medicine advised', 'medicines given', 'medicines prescribed', 'rx medicines', 'rx advised', 'drug prescribed', 'product',
      'product name', 'medicine item', 'item', 'item description', 'particulars', 'dname', 'दवाइयां', 'दवाइयाँ', 'दी गई दवाइयां', 'दवाएं',
      'उपचार', 'इलाज', 'ilaj', 'dawaiyan', 'rx given', 'prescribed medicine', 'treatment advised',
    ],
  },
  {
    field: 'medication.dose', strict: true, numbered: true, looks: ['dose', 'text', 'code'], words: [
      'मात्रा', 'dose', 'dosage', 'sig', 'खुराक', 'मात्रा कब', 'khurak', 'सेवन विधि', 'dose schedule', 'dosage instructions', 'usage',
    ],
  },
  {
    field: 'medication.frequency', strict: true, numbered: true, looks: ['dose', 'text', 'code'], words: [
      'frequency', 'freq', 'timing', 'how often', 'how to take', 'directions', 'times a day', 'when to take', 'instructions',
      'dose frequency', 'कब लेना है',
    ],
  },
  {
    field: 'medication.days', strict: true, numbered: true, looks: ['number', 'text', 'age'], words: [
      'd', 'no of day', 'कितने दिन', 'for days', 'days', 'duration', 'no of days', 'दिन', 'अवधि', 'din', 'duration days', 'dur',
      'no of days supply',
    ],
  },
  {
    field: 'medication.quantity', strict: true, numbered: true, looks: ['number', 'measure'], words: [
      'qty', 'quantity', 'issued qty', 'मात्रा', 'qty sold', 'qty issued', 'quantity issued', 'sale qty', 'qty given', 'units sold',
    ],
  },
  {
    field: 'result.code', strict: true, looks: ['text', 'code', 'name'], words: [
      'test', 'test name', 'investigation', 'parameter', 'analyte', 'test code', 'जांच', 'जाँच', 'जांच का नाम', 'परीक्षण', 'janch',
      'investigation name', 'name of test', 'test description', 'item test', 'param', 'component', 'tests', 'investigations', 'exam',
      'name of investigation',
    ],
  },
  {
    field: 'result.value', strict: true, looks: ['measure', 'number', 'text'], words: [
      'result', 'value', 'observed value', 'reading', 'finding', 'परिणाम', 'मान', 'जांच परिणाम', 'result value', 'results', 'test result',
      'test value', 'observation', 'obs value', 'result obtained', 'finding value', 'measured value',
    ],
  },
  { field: 'result.unit', looks: ['text', 'code'], words: ['unit', 'units', 'uom', 'इकाई', 'result unit', 'measuring unit'] },
  {
    field: 'result.range', strict: true, words: [
      'bio ref interval', 'ref range', 'ref interval', 'biological reference interval', 'range', 'reference range', 'normal range',
      'normal value', 'biological ref interval', 'सामान्य सीमा', 'normal', 'reference', 'ref', 'normal values', 'bio ref range',
      'reference interval', 'normal range values', 'biological reference range',
    ],
  },
  {
    field: 'report.id', strict: true, looks: ['id', 'number'], words: [
      'accession', 'lab id', 'sample id', 'specimen no', 'report no', 'lab no', 'report id', 'sample no', 'accession no', 'bill no',
      'लैब नंबर', 'रिपोर्ट नंबर', 'lab ref no', 'lab number', 'barcode no', 'order no', 'requisition no', 'req no', 'test order no',
      'study id', 'order id', 'lab reg no', 'sid', 'invoice no', 'bill number', 'rcpt no', 'receipt no', 'bill id', 'लैब क्रमांक',
      'echo no', 'usg no', 'xray no', 'ecg no', 'ct no', 'scan no', 'film no',
    ],
  },
  {
    field: 'report.at', looks: ['date', 'datetime'], words: [
      'collected on', 'sample taken', 'collected', 'sampled on', 'sample date', 'collection date', 'test date', 'sample collected',
      'date of collection', 'जांच दिनांक', 'सैंपल दिनांक', 'coll date', 'coll time', 'collection time', 'collected at', 'sample collection',
      'sample collected on', 'sample collection date', 'drawn on', 'date collected', 'study date', 'sample coll date', 'received on',
      'study dt', 'date of study', 'date of test', 'scan date', 'exam date',
    ],
  },
  {
    field: 'report.issued', looks: ['date', 'datetime'], words: [
      'reported date', 'rep date', 'reporting date', 'report dt', 'report time', 'authorised on', 'authorized on', 'reported',
      'validated on', 'report date', 'reported on', 'date of report', 'रिपोर्ट दिनांक', 'reported at', 'report date time', 'report on',
      'reporting time', 'report released on', 'approved on', 'released on', 'result date', 'completed on', 'verified on', 'verified dt',
      'validated dt', 'verified at', 'approved at', 'verification date',
    ],
  },
  {
    field: 'report.orderer', looks: ['name'], words: [
      'requested by', 'requesting doctor', 'ordered by', 'advised by', 'ref doctor', 'referring doctor name', 'prescribed by', 'order by',
    ],
  },
  {
    field: 'specimen.type', looks: ['text', 'code'], words: [
      'specimen', 'sample', 'sample type', 'नमूना', 'सैंपल', 'sample specimen', 'type of sample', 'nature of specimen',
    ],
  },
  {
    field: 'vital.weight', strict: true, looks: ['number', 'measure'], words: [
      'body weight', 'वज़न', 'वजन किलो', 'weight', 'wt', 'wt kg', 'weight kg', 'वजन', 'vajan', 'वजन किग्रा', 'wt in kg', 'weight in kg',
      'current weight', 'mother weight', 'pre weight', 'pre weight kg', 'body wt', 'wgt',
    ],
  },
  {
    field: 'vital.height', strict: true, looks: ['number', 'measure'], words: [
      'height', 'ht', 'ht cm', 'height cm', 'ऊंचाई', 'कद', 'height in cm', 'ht in cm', 'length cm',
    ],
  },
  {
    field: 'vital.pulse', strict: true, looks: ['number', 'measure'], words: [
      'pulse min', 'नाड़ी दर', 'pulse rate', 'pulse bpm', 'pulse', 'pr', 'heart rate', 'hr', 'नाड़ी', 'p r', 'pulse per min', 'heartrate',
      'hr bpm', 'नब्ज',
    ],
  },
  {
    field: 'vital.temperature', strict: true, looks: ['number', 'measure'], words: [
      'ताप', 'temp f', 'body temp', 'bukhar', 'temp', 'temperature', 'fever temp', 'तापमान', 'temperature f', 'temp c', 'temperature c',
      'temp degf', 't f',
    ],
  },
  {
    field: 'vital.pressure', strict: true, looks: ['pressure'], words: [
      'bp', 'b p', 'blood pressure', 'रक्तचाप', 'बीपी', 'bp mmhg', 'bp reading', 'pre bp', 'बी पी', 'bp sitting',
    ],
  },
  { field: 'vital.systolic', strict: true, looks: ['number'], words: ['bp systolic', 'sbp', 'systolic', 'bp sys', 'sys bp', 'sys', 'bps'] },
  {
    field: 'vital.diastolic', strict: true, looks: ['number'], words: [
      'bp diastolic', 'dbp', 'diastolic', 'bp dia', 'dia bp', 'dia', 'bpd',
    ],
  },
  {
    field: 'vital.spo2', strict: true, looks: ['number', 'measure'], words: [
      'spo2', 'oxygen', 'saturation', 'o2 sat', 'oxygen saturation', 'o2', 'sp o2',
    ],
  },
  {
    field: 'allergy.code', strict: true, looks: ['text', 'name'], words: [
      'allergy', 'allergies', 'drug allergy', 'एलर्जी', 'allergy h/o', 'known allergy', 'known allergies', 'h/o allergy', 'allergic to',
      'drug allergies', 'history of allergy',
    ],
  },
  {
    field: 'immunization.vaccine', strict: true, looks: ['text', 'code', 'name'], words: [
      'vaccine', 'vaccine name', 'vaccination', 'टीका', 'टीके का नाम', 'vaccine given', 'immunization', 'immunisation', 'name of vaccine',
      'टीके', 'टीकाकरण', 'vaccine type',
    ],
  },
  {
    field: 'procedure.code', strict: true, looks: ['text', 'name', 'code'], words: [
      'procedure', 'operation', 'surgery', 'procedure name', 'ऑपरेशन', 'शल्य क्रिया', 'procedure done', 'procedure performed',
      'name of operation', 'name of procedure', 'operation name', 'operation done', 'surgery done', 'surgical procedure', 'procedures',
      'ot procedure', 'surgery name', 'procedure operation',
    ],
  },
  { field: 'updated', looks: ['datetime', 'date'], words: ['updated', 'last updated', 'modified', 'updated on', 'updated at', 'अद्यतन'] },
  {
    field: 'visit.endTime', strict: true, looks: ['time'], words: [
      'time of disch', 'discharge time', 'time of discharge', 'disch time', 'time out', 'out time', 'end time',
    ],
  },
  {
    field: 'appointment.time', strict: true, looks: ['time'], words: [
      'slot', 'slot time', 'time slot', 'appointment time', 'appt time', 'booking time',
    ],
  },
  {
    field: 'patient.deceasedAt', strict: true, looks: ['date', 'datetime'], words: [
      'date of death', 'death date', 'died on', 'expired on', 'मृत्यु दिनांक', 'मृत्यु की तारीख',
    ],
  },
  {
    field: 'status', strict: true, looks: ['code', 'text'], words: [
      'status', 'report status', 'result status', 'booking status', 'स्थिति',
    ],
  },
  {
    field: 'order.code', strict: true, looks: ['text', 'name'], words: [
      'investigations advised', 'investigation advised', 'ix advised', 'tests advised', 'test advised', 'tests ordered', 'lab advised',
      'ix', 'inv advised', 'advised investigations', 'जांच सलाह',
    ],
  },
  { field: 'medication.route', strict: true, looks: ['text', 'code', 'name'], words: ['route', 'route of administration'] },
  {
    field: 'medication.notes', strict: true, looks: ['text', 'name'], words: [
      'drug instructions', 'medicine remarks', 'dose instructions', 'special instructions',
    ],
  },
  {
    field: 'result.low', strict: true, looks: ['number'], words: [
      'lower limit', 'low', 'range low', 'ref low', 'min', 'minimum', 'low limit', 'normal low', 'lower range',
    ],
  },
  {
    field: 'result.high', strict: true, looks: ['number'], words: [
      'upper limit', 'high', 'range high', 'ref high', 'max', 'maximum', 'high limit', 'normal high', 'upper range',
    ],
  },
  {
    field: 'result.loinc', strict: true, looks: ['loinc'], words: [
      'loinc', 'loinc code', 'test code loinc', 'loinc no', 'test code', 'code',
    ],
  },
  {
    field: 'result.flag', strict: true, looks: ['text', 'code'], words: [
      'flag', 'abnormal flag', 'h l', 'hl', 'abnormal', 'interpretation', 'result flag', 'abn flag', 'abn', 'abnormal h l', 'h/l flag',
    ],
  },
  { field: 'result.method', strict: true, looks: ['text', 'code', 'name'], words: ['method', 'methodology', 'test method'] },
  {
    field: 'report.by', strict: true, looks: ['name'], words: [
      'pathologist', 'verified by', 'authorised by', 'authorized by', 'reported by', 'radiologist', 'approved by', 'signed by',
      'validated by', 'reporting doctor', 'sonologist', 'microbiologist', 'cardiologist',
    ],
  },
  {
    field: 'report.code', strict: true, looks: ['text', 'name', 'code'], words: [
      'study description', 'study', 'study name', 'name of study', 'scan', 'scan name', 'scan type', 'examination name', 'exam description',
      'report name',
    ],
  },
  { field: 'report.category', strict: true, looks: ['text', 'code', 'name'], words: ['modality', 'section', 'lab section'] },
  {
    field: 'report.conclusion', strict: true, looks: ['text'], words: [
      'impression', 'conclusion', 'report impression', 'final impression',
    ],
  },
  {
    field: 'procedure.by', strict: true, looks: ['name'], words: [
      'operating surgeon', 'surgeon', 'performed by', 'operated by', 'done by',
    ],
  },
  {
    field: 'procedure.assistants', strict: true, looks: ['name'], words: [
      'asst', 'assistant', 'asst surgeon', 'assistant surgeon', 'anaesthetist', 'anesthetist',
    ],
  },
  {
    field: 'immunization.lot', strict: true, looks: ['id', 'code'], words: [
      'batch no', 'batch', 'lot no', 'batch number', 'vial no', 'vaccine batch', 'lot',
    ],
  },
  {
    field: 'immunization.expires', strict: true, looks: ['date', 'text', 'id'], words: [
      'expiry', 'exp date', 'exp', 'expiry date', 'vaccine expiry',
    ],
  },
  {
    field: 'immunization.number', strict: true, looks: ['number', 'text', 'code'], words: [
      'dose no', 'dose number', 'no of dose', 'dose type',
    ],
  },
  {
    field: 'immunization.site', strict: true, looks: ['text', 'name', 'code'], words: [
      'site', 'site of injection', 'injection site', 'vaccination site',
    ],
  },
  {
    field: 'immunization.by', strict: true, looks: ['name'], words: [
      'anm', 'anm name', 'vaccinator', 'vaccinated by', 'given by', 'vaccinator name',
    ],
  },
  {
    field: 'immunization.notes', strict: true, looks: ['text', 'code', 'name'], words: [
      'aefi', 'side effects', 'reaction after vaccination',
    ],
  },
  {
    field: 'serial', strict: true, looks: ['number'], words: [
      's no', 'sr no', 'sno', 'sl no', 'serial no', 'क्रमांक', 'क्र', 'सरल क्रमांक', 'अनु क्रमांक', 'sl', 'sr', 'srno', 's n', 'sn',
      'serial', 'क्रम', 'क्रम संख्या', 'अ क्र', 'sl number',
    ],
  },
]
