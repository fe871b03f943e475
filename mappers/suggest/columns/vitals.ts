/** LOINC codes and units of vital signs, by what the lexicon calls them. */
export const vitals: Readonly<Record<string, { readonly loinc: string; readonly unit: string }>> = {
  'vital.weight': { loinc: '29463-7', unit: 'kg' },
  'vital.height': { loinc: '8302-2', unit: 'cm' },
  'vital.pulse': { loinc: '8867-4', unit: '/min' },
  'vital.temperature': { loinc: '8310-5', unit: '[degF]' },
  'vital.systolic': { loinc: '8480-6', unit: 'mm[Hg]' },
  'vital.diastolic': { loinc: '8462-4', unit: 'mm[Hg]' },
  'vital.spo2': { loinc: '59408-5', unit: '%' },
}
