import type { Coding } from '@medplum/fhirtypes'
import type { Interaction } from '../interactions/house.ts'
import { checkConcept, checkMember, type Checked } from '../terminology/check.ts'
import { checkedAnswer } from './terminology/answer.ts'
import { missing, readInput } from './terminology/input.ts'
import { valueSetOf } from './terminology/instance.ts'

const NAMES = [
  'url',
  'valueSet',
  'valueSetVersion',
  'code',
  'system',
  'systemVersion',
  'display',
  'coding',
  'codeableConcept',
  'abstract',
  'displayLanguage',
  'inferSystem',
]

/**
 * `ValueSet/$validate-code` and `ValueSet/[id]/$validate-code`
 * (https://hl7.org/fhir/R4/valueset-operation-validate-code.html); `inferSystem` is R5's.
 */
export const validateCodeIn: Interaction = async (house, _context, request, target) => {
  const { terminology } = house
  const input = readInput(house, request, NAMES, { name: 'valueSet', type: 'ValueSet' })
  const valueSet = await valueSetOf(terminology, input, target)
  const options = {
    abstract: input.boolean('abstract'),
    displayLanguage: input.string('displayLanguage'),
    inferSystem: input.boolean('inferSystem') ?? false,
  }
  const check = (coding: Coding): Promise<Checked> => checkMember(terminology, valueSet, coding, options)
  const concept = input.codeableConcept('codeableConcept')
  if (concept) return checkedAnswer(await checkConcept(concept, check))
  const [code, system, version, display] = [
    input.string('code'),
    input.string('system'),
    input.string('systemVersion'),
    input.string('display'),
  ]
  const coding =
    input.coding('coding') ?? (code === undefined ? undefined : { code, ...given({ system, version, display }) })
  if (!coding) throw missing(['code', 'coding', 'codeableConcept'])
  return checkedAnswer(await check(coding))
}

function given(members: Readonly<Record<string, string | undefined>>): Partial<Coding> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
