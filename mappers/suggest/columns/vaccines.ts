import { labelOf } from './tests.ts'

/** What heads the column of a vaccine. */
const names = [
  'bcg|[bf]?opv|f?ipv|hep(?:atitis)?[ -]?b(?! ?s)|penta(?:valent)?|dpt|dtp|dtap|pcv|rota(?:virus|vac)?|rvv|mr|mmr',
  'measles|je|vit(?:amin)?\\.? ?a|td|tt|tdap|hpv|typhoid|tcv|varicella|influenza|flu|covid(?:-?19)?',
  'बीसीजी|ओपीवी|पेंटा|खसरा',
].join('|')
/** `Penta-1`, `OPV zero`, `DPT Booster`, `MR dose 2` */
const dose = '[ -]*(?:\\d|zero|birth|booster|b|dose ?\\d|बूस्टर)'
const VACCINE = new RegExp(`^(?:${names})(?:${dose})*$`, 'iu')

/** A column named by a vaccine: its cells are the days on which it was given. */
export function isVaccine(header: string): boolean {
  return VACCINE.test(labelOf(header))
}
