import { isUnit } from '../../server/fhir/ucum.ts'

/**
 * Units as laboratories and counters write them → UCUM (https://ucum.org/ucum). Words are compared without blanks and
 * case, with u for µ and ^ for powers. Empty: a counting word that UCUM has none for.
 */
const table = `
g/dL: ग्राम% gm% g% gms% gm/dl g/dl gms/dl gm/100ml g/100ml gramsperdl
mg/dL: mg% mgs% mg/dl mgs/dl mg/100ml mgm%
ug/dL: ug/dl mcg/dl ug% mcg%
g/L: g/l gm/l
mg/L: mg/l
ug/L: ug/l mcg/l
ug/mL: ug/ml mcg/ml
ng/mL: ng/ml
ng/dL: ng/dl
ng/L: ng/l
pg/mL: pg/ml
pg/dL: pg/dl
pg: pg pgs picogram picograms
fL: fl fentolitre femtolitre femtoliter fentolitres cumicron
mmol/L: mmol/l mmols/l mm/l
umol/L: umol/l
nmol/L: nmol/l
pmol/L: pmol/l
meq/L: meq/l meq/lt meqs/l meq/litre
mosm/kg: mosm/kg mosmol/kg
U/L: u/l u/lt units/l u/litre
U/mL: u/ml units/ml
[IU]/L: iu/l iu/lt iu/litre
[IU]/mL: iu/ml
k[IU]/L: kiu/l
m[IU]/L: miu/l mu/l
m[IU]/mL: miu/ml mu/ml
u[IU]/mL: uiu/ml uu/ml microiu/ml
[IU]: iu
[IU]/d: iu/day
/uL: /cumm /cmm /mm3 /mm^3 cells/cumm cells/cmm cells/ul cells/mm3 percumm percmm cumm /ul
10*3/uL: 10^3/ul 10*3/ul x10^3/ul 10e3/ul 10^3/cumm 10^3/cmm 10^3/mm3 10^3/mm^3 x10^3/mm3 thou/cumm thousand/cumm thous/cumm thousand/cmm thou/ul thousand/ul thou/mm3 k/ul k/cumm k/mm3 x10e3/ul th/cumm
10*5/uL: lakh/cumm lakhs/cumm lac/cumm lacs/cumm lakh/cmm lakhs/cmm lac/cmm lacs/cmm lakh/ul lakhs/ul lakh/mm3 lakhs/mm3 lac/mm3 10^5/ul 10^5/cumm lakhspercumm लाख/cumm
10*6/uL: 10^6/ul 10*6/ul x10^6/ul 10e6/ul 10^6/cumm 10^6/cmm 10^6/mm3 10^6/mm^3 mill/cumm million/cumm millions/cumm mil/cumm mill/cmm million/cmm million/ul mil/ul m/ul m/cumm mill/mm3 million/mm3 x10e6/ul
10*9/L: 10^9/l 10*9/l x10^9/l 10e9/l x10e9/l
10*12/L: 10^12/l 10*12/l x10^12/l 10e12/l x10e12/l
%: % percent pct
[ppth]: permille
/[HPF]: /hpf perhpf cells/hpf hpf
/[LPF]: /lpf perlpf lpf
mm/h: mm/hr mm/h mm/hour mm/1sthr mm/1hr mm/1sthour mmhr mmathr mmin1hr mmin1sthr mm1sthr mmatend1hr mmatendof1sthour
mm[Hg]: mmhg mmofhg mm[hg]
cm[H2O]: cmh2o
kPa: kpa
/min: /min bpm beats/min beats/minute permin perminute breaths/min min-1 /minute breaths/minute resp/min
s: s sec secs second seconds सेकंड
min: min mins minute minutes मिनट
h: h hr hrs hour hours घंटे
d: d day days दिन
wk: wk wks week weeks सप्ताह
mo: mo month months माह महीने
a: yr yrs year years वर्ष
kg: kg kgs kilogram kilograms किग्रा किलो
g: g gm gms gram grams ग्राम
mg: mg mgs milligram milligrams मिग्रा
ug: ug mcg microgram micrograms
ng: ng
kg/m2: kg/m2 kg/m^2 kg/sqm
m: mtr meter metre
cm: cm cms centimeter centimetre सेमी
mm: mm
[in_i]: inch inches
[ft_i]: ft feet
[lb_av]: lb lbs
L: l lt ltr litre liter
mL: ml mls milliliter millilitre cc मिली
dL: dl
mL/min: ml/min
mL/min/{1.73_m2}: ml/min/1.73m2 ml/min/1.73m^2 ml/min/1.73sqm ml/min/1.73_m2
mg/g: mg/g mg/gm
ug/mg: ug/mg mcg/mg
mg/24.h: mg/24h mg/24hr mg/24hrs mg/day
mL/24.h: ml/24h ml/24hrs
mg/kg: mg/kg
L/min: l/min lpm
Cel: c degc °c celsius centigrade degreec degreecelsius से
[degF]: f degf °f fahrenheit degreef
[pH]: ph
{ratio}: ratio
{index}: index
{INR}: inr
{titer}: titre titer
{copies}/mL: copies/ml
{score}: score
: tab tabs tablet tablets cap caps capsule capsules गोली गोलियाँ कैप्सूल drop drops बूंद puff puffs sachet sachets amp ampoule vial vials unit units strip strips bottle bottles tsp tbsp चम्मच nos no each dose doses number piece pcs
`

const byWord = new Map<string, string>()
const exact = new Set<string>()
for (const line of table.trim().split('\n')) {
  const [, ucum = '', words = ''] = /^([^ ]*): (.*)$/.exec(line) ?? []
  if (ucum) exact.add(ucum)
  for (const word of words.split(' ')) byWord.set(word.normalize('NFC'), ucum)
}

/** Letters: what is longer is no unit, and not to be remembered. */
const LONGEST = 100

/** UCUM for a unit as written; '' for a known word without one; undefined: not known. */
export function ucumOf(unit: string): string | undefined {
  if (unit.length > LONGEST) return undefined
  if (exact.has(unit)) return unit
  const known = asked.get(unit)
  if (known !== undefined || asked.has(unit)) return known
  if (asked.size >= REMEMBERED) asked.clear()
  const ucum = lookUp(unit)
  asked.set(unit, ucum)
  return ucum
}

/** A laboratory uses few units, and uses them always. */
const asked = new Map<string, string | undefined>()
const REMEMBERED = 1_000

function lookUp(unit: string): string | undefined {
  const given = unit.normalize('NFC').trim()
  if (exact.has(given)) return given
  const known = byWord.get(foldUnit(given))
  if (known !== undefined) return known
  return given.length > 1 && /[a-z%]/i.test(given) && isUnit(given) ? given : undefined
}

function foldUnit(unit: string): string {
  return unit
    .replace(/[µμ]/g, 'u')
    .replace(/[×]/g, 'x')
    .replace(/[⁰¹²³⁴-⁹]+/g, (digits) => `^${digits.normalize('NFKC')}`)
    .replace(/\s+/g, '')
    .replace(/\.+$/, '')
    .toLowerCase()
    .replace(/^(x?10)(?:\*\*|\*|\^)(\d+)/, '$1^$2')
    .replace(/^x(?=10\^)/, '')
}
