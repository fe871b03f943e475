/** The word that stands for all, and the others that mean the same in a header. */
// prettier-ignore
const others: Readonly<Record<string, string>> = {
  patient: 'pt pat person member client beneficiary subject patients मरीज मरीज़ रोगी mareej mareez rogi',
  no: 'number num nbr नंबर नम्बर संख्या क्रमांक क्र नं kramank',
  mobile: 'mob मोबाइल मोबाईल',
  phone: 'tel telephone ph',
  registration: 'regn reg regd पंजीयन पंजीकरण',
  name: 'नाम naam nam nm',
  date: 'दिनांक तारीख तिथि dt dinank tarikh',
  doctor: 'dr doc डॉक्टर डॉ चिकित्सक',
  address: 'addr add पता pata',
  years: 'yrs yr year',
  department: 'dept विभाग',
  medicine: 'med meds tab दवा दवाई dawa davai औषधि',
  diagnosis: 'diag dx निदान',
  id: 'identifier uuid guid आईडी',
  sex: 'gender लिंग ling',
  age: 'उम्र आयु umar umra',
  birth: 'जन्म janm',
  father: 'पिता pita',
  husband: 'पति pati',
  mother: 'माता',
  test: 'जांच जाँच janch',
  dose: 'खुराक khurak',
  quantity: 'qty',
  amount: 'amt',
  hospital: 'hosp',
  appointment: 'appt apt',
  temperature: 'temp',
  weight: 'wt',
  height: 'ht',
}

const standing = new Map(
  Object.entries(others).flatMap(([one, all]) => all.split(' ').map((word) => [word, one] as const)),
)

/** The one word for all that mean the same: `pt`, `मरीज` → `patient`. */
export function standsFor(word: string): string {
  return standing.get(word) ?? word
}
