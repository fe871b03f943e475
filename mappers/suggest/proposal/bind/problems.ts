import type { Finding } from '../../columns/finding.ts'
import { constant } from '../binding.ts'
import { quoted } from '../lines.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Field, Group } from './group.ts'
import type { Ledger } from './ledger.ts'

/** Diagnoses in words, or codes with the words for them beside; several in a cell become several diagnoses. */
export function problems(ledger: Ledger, codes: CodeNames): Group {
  const [icd, words] = [ledger.of('problem.icd10'), ledger.of('problem')]
  if (!icd) return inWords(words, codes)
  ledger.place(words)
  const notes: Field = { name: 'notes', means: 'problem' }
  const coded = (as: string): Field => ({ name: 'code', means: 'problem.icd10', as })
  if (holdsSeveral(icd))
    return { name: 'problem', fields: [coded(`[{ listed: '{n}' }, { coded: icd10 }]`), notes], listed: true }
  if (words && icd.number === undefined && words.number === undefined)
    return { name: 'problem', fields: [coded(`{ coded: { system: icd10, text-from: ${quoted(words.path)} } }`)] }
  return { name: 'problem', fields: [coded('{ coded: icd10 }'), notes] }
}

const PROVISIONAL = /\bprov/i

function inWords(words: Finding | undefined, codes: CodeNames): Group {
  const provisional = words && PROVISIONAL.test(words.header)
  return {
    name: 'problem',
    fields: [{ name: 'code', means: 'problem', as: codes.diagnosis === undefined ? 'coded' : '{ code: diagnosis }' }],
    more: provisional ? [constant('verification', 'provisional')] : [],
  }
}

const SEVERAL_CODES = /[a-z]\d\d\S*\s*[,;/+&]\s*[a-z]\d/i

function holdsSeveral({ number, values }: Finding): boolean {
  return number === undefined && values.some((value) => SEVERAL_CODES.test(value))
}
