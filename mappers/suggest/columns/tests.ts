import { fold } from '../../read/header.ts'
import { ucumOf } from '../../values/units.ts'

/**
 * What registers and laboratories call the tests that have a column of their own, by LOINC code; the code lists of
 * facilities know more. Names are compared without case, blanks and what stands in brackets.
 */
const table = `
718-7 हीमोग्लोबिन; एचबी; हिमोग्लोबिन; hb; hgb; haemoglobin; hemoglobin; hb%; haemoglobin hb
6690-2 tlc; wbc; twbc; total wbc; wbc count; total leucocyte count; total leukocyte count; total count; tc
789-8 rbc; rbc count; total rbc; red blood cell count
4544-3 pcv; hct; haematocrit; hematocrit
787-2 mcv
785-6 mch
786-4 mchc
788-0 rdw; rdw cv; rdw-cv
777-3 plt; platelet; platelets; platelet count; plt count; pc
770-8 neutrophils; neutrophil; neut; neutro; polymorphs; poly
736-9 lymphocytes; lymphocyte; lymph; lympho
5905-5 monocytes; monocyte; mono
713-8 eosinophils; eosinophil; eos; eosino
706-2 basophils; basophil; baso
4537-7 esr
1988-5 crp; c reactive protein
1558-6 शुगर (खाली पेट); खाली पेट शुगर; शुगर फास्टिंग; fbs; fbg; fasting blood sugar; fasting sugar; glucose fasting; fasting glucose; bsf; blood sugar fasting; sugar fasting
1521-4 ppbs; pp sugar; post prandial blood sugar; bspp; blood sugar pp; sugar pp; glucose pp
2345-7 शुगर; रक्त शर्करा; ब्लड शुगर; rbs; random blood sugar; blood sugar random; blood sugar; blood glucose; glucose; grbs; sugar; sugar random
4548-4 hba1c; hb a1c; a1c; glycosylated haemoglobin; glycated hemoglobin
3091-6 urea; blood urea; serum urea; s. urea
3094-0 bun
2160-0 creatinine; creat; s. creatinine; serum creatinine; s creatinine; sr. creatinine; s. creat; sr creatinine
3084-1 uric acid; s. uric acid; serum uric acid
2951-2 sodium; na+; s. sodium; serum sodium
2823-3 potassium; k+; s. potassium; serum potassium
2075-0 chloride; cl-; s. chloride; serum chloride
17861-6 calcium; s. calcium; serum calcium
1975-2 total bilirubin; t. bilirubin; bilirubin total; t.bil; s. bilirubin; bilirubin; serum bilirubin; tbil; t bilirubin
1968-7 direct bilirubin; d. bilirubin; bilirubin direct; d.bil; d bilirubin
1971-1 indirect bilirubin; i. bilirubin; bilirubin indirect
1742-6 sgpt; alt; sgpt/alt; alt/sgpt; alt sgpt; sgpt alt
1920-8 sgot; ast; sgot/ast; ast/sgot; ast sgot; sgot ast
6768-6 alp; alkaline phosphatase; alk phos; s. alp; alk. phosphatase
2885-2 total protein; t. protein; t protein
1751-7 albumin; s. albumin; serum albumin
2336-6 globulin; s. globulin
2093-3 cholesterol; total cholesterol; t. cholesterol; s. cholesterol; t cholesterol
2571-8 triglycerides; triglyceride; s. triglycerides; tgl
2085-9 hdl; hdl cholesterol; hdl-c
13457-7 ldl; ldl cholesterol; ldl-c
13458-5 vldl; vldl cholesterol
3016-3 tsh; s. tsh; serum tsh
3053-6 t3; total t3
3026-2 t4; total t4
3051-0 ft3; free t3
3024-7 ft4; free t4
2132-9 vitamin b12; vit b12; b12
62292-8 vitamin d; vit d; vitamin d3; vit d3; 25-oh vitamin d; 25 oh vit d
2276-4 ferritin; s. ferritin; serum ferritin
2498-4 s. iron; serum iron
6301-6 inr; pt inr; pt/inr
1798-8 amylase; s. amylase
3040-3 lipase; s. lipase
882-1 रक्त समूह; ब्लड ग्रुप; blood group; blood gp; bld grp; bg; blood grp; rh; blood group rh; abo rh; रक्त समूह
7918-6 hiv; hiv i & ii; hiv 1 & 2; hiv i/ii; hiv 1/2
5195-3 hbsag; hbs ag; hepatitis b; australia antigen
13955-0 hcv; anti hcv; anti-hcv
5292-8 vdrl; vdrl/rpr
75377-2 dengue ns1; ns1; ns1 antigen; dengue ns1 ag; ns1 ag
20454-5 यूरिन प्रोटीन; यूरिन एल्ब्यूमिन; urine albumin; urine alb; urine protein; albumin urine; alb urine
25428-4 यूरिन शुगर; urine sugar; urine glucose; sugar urine; glucose urine
2106-3 upt; urine pregnancy test
8339-4 birth weight; birth wt; wt at birth; weight at birth; जन्म के समय वजन
39156-5 bmi; body mass index
9279-1 rr; resp rate; respiratory rate; respiration
9843-4 head circumference; hc
11881-0 fundal height; fundal ht; fh; sfh
55283-6 fhs; fhr; foetal heart rate; fetal heart rate; foetal heart sound; fetal heart sound
18185-9 gestational age; gest. age; gest age; pog; weeks of gestation; ga; gestation
11996-6 gravida
11977-6 para; parity
8665-2 lmp; l.m.p.; last menstrual period; अंतिम मासिक
11778-8 edd; e.d.d.; expected date of delivery; प्रसव की संभावित तिथि
`
const byName = new Map(table.trim().split('\n').flatMap(namesIn))

/** `718-7 hb; hgb` → each name with the code. */
function namesIn(line: string): [name: string, loinc: string][] {
  const at = line.indexOf(' ')
  const names = line.slice(at + 1).split(';')
  return names.map((name) => [fold(name.trim()), line.slice(0, at)])
}

/** Without its unit: `Hb (g/dL)` → `Hb`. */
export function labelOf(header: string): string {
  return header.replace(/\s*[([][^)\]]*[)\]]\s*$/u, '').trim() || header.trim()
}

/** The LOINC code of a test that is usually called so. */
export function usualTest(header: string): string | undefined {
  return byName.get(fold(header)) ?? byName.get(fold(labelOf(header)))
}

/** What a header says in brackets, when it is a unit. */
export function unitOf(header: string): string | undefined {
  const said = /[([]([^)\]]+)[)\]]\s*$/u.exec(header)?.[1]?.trim()
  return said !== undefined && ucumOf(said) ? said : undefined
}

/** Of ages and stays: no unit of what was measured, as long as nothing else says so. */
export function isTime(unit: string): boolean {
  return /^(?:a|mo|wk|d|h|min|s)$/.test(ucumOf(unit) ?? '')
}
